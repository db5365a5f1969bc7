import type { RunningExchange } from "@plimsoll/sim/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  BTC,
  type HyperliquidClient,
  addressOf,
  clientOf,
  keyOf,
  openHyperliquid,
  secretOf,
} from "./testing/hyperliquid-venue.ts";

let running: RunningExchange;
let client: HyperliquidClient;
beforeAll(async () => {
  const own = { account: addressOf("owner"), key: addressOf("owner"), secret: "" };
  running = await openHyperliquid(["alice", "apart", "counter"], {
    keys: [...["alice", "apart", "counter"].map(keyOf), own],
  });
  running.exchange.deposit(addressOf("owner"), "USDC", "1000");
  client = await clientOf(running, "alice");
});
afterAll(async () => {
  await client.close();
  await running.stop();
});

test("the client reads markets, prices and depth", async () => {
  expect(Object.keys(client.markets ?? {}).toSorted()).toEqual([BTC, "ETH/USDC:USDC"]);
  expect(client.market(BTC)).toMatchObject({ linear: true, swap: true, precision: { price: 1, amount: 0.00001 } });
  const funding = await client.fetchFundingRate(BTC);
  expect([funding.markPrice, funding.indexPrice]).toEqual([100_000, 100_000]);
  const { bids, asks } = await client.fetchOrderBook(BTC, 5);
  expect([bids[0]?.[0], asks[0]?.[0]]).toEqual([99_995, 100_005]);
  expect(await client.fetchTime()).toBe(running.exchange.now());
});

test("balance and positions are the exchange's exact figures", async () => {
  await client.createOrder(BTC, "market", "buy", 1, 100_000);
  const [position] = await client.fetchPositions();
  expect(position?.info.position).toMatchObject({
    coin: "BTC",
    szi: "1.0",
    positionValue: "100000.0",
    unrealizedPnl: "-5.0",
    marginUsed: "5000.0",
    leverage: { type: "cross", value: 20 },
    // cash leg 100,000 - 45.00225 - 100,005 = -50.00225; 50.00225 / (1 - 0.0125), up
    liquidationPx: "50.63518988",
    maxLeverage: 40,
  });
  const { info, USDC } = await client.fetchBalance();
  expect(info).toMatchObject({
    crossMarginSummary: { accountValue: "99949.99775", totalRawUsd: "-50.00225", totalMarginUsed: "5000.0" },
    crossMaintenanceMarginUsed: "1250.0",
    withdrawable: "94949.99775",
  });
  expect(USDC?.total).toBe(99_949.99775);
});

test("an isolated account: mode with leverage, margin moves, and a refused change leaves both", async () => {
  const apart = await clientOf(running, "apart");
  await apart.setLeverage(10, BTC, { marginMode: "isolated" });
  await apart.createOrder(BTC, "market", "buy", 0.1, 100_000);
  const position = async () => (await apart.fetchPositions())[0]?.info.position;
  // 1,000.05 posted, 0.5 behind at once
  expect(await position()).toMatchObject({ leverage: { type: "isolated", value: 10, rawUsd: "-9000.45" } });
  await apart.addMargin(BTC, 500);
  await apart.reduceMargin(BTC, 100);
  expect(await position()).toMatchObject({ marginUsed: "1399.55" });
  await expect(apart.addMargin(BTC, 1_000_000)).rejects.toThrow("Insufficient margin to add to isolated position.");
  await expect(apart.setLeverage(10, BTC)).rejects.toThrow("Cannot switch leverage type with open position.");
  await expect(apart.setLeverage(41, "ETH/USDC:USDC", { marginMode: "isolated" })).rejects.toThrow("Invalid leverage");
  await apart.createOrder("ETH/USDC:USDC", "market", "buy", 1, 4_000);
  const eth = (await apart.fetchPositions()).find(({ symbol }) => symbol !== BTC);
  expect(eth?.info.position.leverage).toEqual({ type: "cross", value: 20 });
  await apart.close();
});

test("who signs: the agent or the owner; another key is nobody, and no signature is none", async () => {
  const order = (by: HyperliquidClient) => by.createOrder(BTC, "limit", "buy", 0.01, 90_000);
  const thief = await clientOf(running, "alice", secretOf("thief"));
  await expect(order(thief)).rejects.toThrow(`User or API Wallet ${addressOf("thief")} does not exist.`);
  const owner = await clientOf(running, "owner", secretOf("owner"));
  expect((await order(owner)).status).toBeUndefined();
  expect(await owner.fetchOpenOrders(BTC)).toHaveLength(1);
  const action = { type: "cancel", cancels: [] };
  await expect(client.privatePostExchange({ action, nonce: client.incrementingNonce() })).rejects.toThrow(
    "Unable to recover signer.",
  );
  const roles = ["alice", "alice-agent", "thief"].map(async (name) => {
    const answer = await client.publicPostInfo({ type: "userRole", user: addressOf(name) });
    return (answer as { readonly role: string }).role;
  });
  expect(await Promise.all(roles)).toEqual(["user", "agent", "missing"]);
  await Promise.all([thief.close(), owner.close()]);
});

test("what was signed is what counts: a changed action is another signer's", async () => {
  const action = { type: "updateLeverage", asset: 1, isCross: true, leverage: 5 };
  const nonce = client.incrementingNonce();
  const signature = client.signL1Action(action, nonce);
  const send = (leverage: number) => client.privatePostExchange({ action: { ...action, leverage }, nonce, signature });
  await expect(send(25)).rejects.toThrow(/User or API Wallet 0x[0-9a-f]{40} does not exist/);
  expect(await send(5)).toEqual({ status: "ok", response: { type: "default" } });
  await expect(send(5)).rejects.toThrow(`Invalid nonce: duplicate nonce ${nonce}`);
});

test("nonces: from two days ago to tomorrow, and once a hundred are kept not below the smallest", async () => {
  const counter = await clientOf(running, "counter");
  const action = { type: "scheduleCancel" };
  const send = (nonce: number) =>
    counter.privatePostExchange({ action, nonce, signature: counter.signL1Action(action, nonce) });
  const now = running.exchange.now();
  await expect(send(now - 2 * 86_400_000)).rejects.toThrow("Invalid nonce");
  await expect(send(now + 86_400_000)).rejects.toThrow("Invalid nonce");
  const low = now - 86_400_000;
  expect((await send(low))["status"]).toBe("ok");
  for (let at = 1; at <= 100; at += 1) await send(now + 3_600_000 + at);
  await expect(send(low + 1)).rejects.toThrow(`Invalid nonce: too low ${low + 1}`);
  await counter.close();
});

test("a dead man's switch is refused, never ignored; so is what is not simulated", async () => {
  await expect(client.cancelAllOrdersAfter(60_000)).rejects.toThrow(
    "Cannot set scheduled cancel time until enough volume traded. Required: $1000000.",
  );
  const action = { type: "usdClassTransfer", amount: "1" };
  const nonce = client.incrementingNonce();
  await expect(
    client.privatePostExchange({ action, nonce, signature: client.signL1Action(action, nonce) }),
  ).rejects.toThrow("Action usdClassTransfer is not simulated.");
  await expect(client.publicPostInfo({ type: "userVaultEquities" })).rejects.toThrow("Failed to deserialize");
});

test("an address that the venue never saw is an empty account; fills are read from a moment on", async () => {
  const state = await client.publicPostInfo({ type: "clearinghouseState", user: addressOf("nobody") });
  expect(state).toMatchObject({ assetPositions: [], marginSummary: { accountValue: "0.0" }, withdrawable: "0.0" });
  const now = running.exchange.now();
  const fills = async (startTime: number, endTime: number) => {
    const rows = await client.publicPostInfo({ type: "userFillsByTime", user: addressOf("alice"), startTime, endTime });
    return (rows as readonly unknown[]).length;
  };
  expect(await Promise.all([fills(0, now), fills(now, now), fills(now + 1, now + 2), fills(0, now - 1)])).toEqual([
    1, 1, 0, 0,
  ]);
});

test("an action ends when it says so, and none is done for a vault", async () => {
  const action = { type: "updateLeverage", asset: 0, isCross: true, leverage: 7 };
  const now = running.exchange.now();
  const send = (more: { readonly expiresAfter?: number; readonly vaultAddress?: string }) => {
    const nonce = client.incrementingNonce();
    const signature = client.signL1Action(action, nonce, more.vaultAddress, more.expiresAfter);
    return client.privatePostExchange({ action, nonce, signature, ...more });
  };
  await expect(send({ expiresAfter: now - 1 })).rejects.toThrow("Action expired");
  await expect(send({ vaultAddress: addressOf("vault").slice(2) })).rejects.toThrow("not simulated");
  expect(await send({ expiresAfter: now + 1_000 })).toMatchObject({ status: "ok" });
});
