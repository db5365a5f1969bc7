import type { RunningExchange } from "@plimsoll/sim/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BTC, type BybitClient, clientOf, codeOf, keyOf, openBybit } from "./testing/bybit-venue.ts";

let running: RunningExchange;
let client: BybitClient;
beforeAll(async () => {
  running = await openBybit(["alice", "hedger", "apart"]);
  client = await clientOf(running, "alice");
});
afterAll(async () => {
  await client.close();
  await running.stop();
});

test("the client reads markets, tiers, prices and depth", async () => {
  expect(Object.keys(client.markets ?? {}).toSorted()).toEqual([BTC, "ETH/USDT:USDT"]);
  expect(client.market(BTC)).toMatchObject({ linear: true, swap: true, precision: { price: 0.1, amount: 0.001 } });
  const [tier] = await client.fetchMarketLeverageTiers(BTC);
  expect(tier).toMatchObject({ maxNotional: 300_000, maintenanceMarginRate: 0.004, maxLeverage: 150 });
  const funding = await client.fetchFundingRate(BTC);
  expect([funding.markPrice, funding.indexPrice, funding.fundingTimestamp]).toEqual([
    100_000,
    100_000,
    Date.UTC(2026, 0, 1, 8),
  ]);
  const { bids, asks } = await client.fetchOrderBook(BTC, 5);
  expect([bids.length, asks.length, bids[0]?.[0], asks[0]?.[0]]).toEqual([5, 5, 99_995, 100_005]);
  expect(await client.fetchTime()).toBe(running.exchange.now());
});

test("balance and positions are the exchange's exact figures", async () => {
  await client.createOrder(BTC, "market", "buy", 1);
  const [position] = await client.fetchPositions();
  expect(position?.info).toMatchObject({
    side: "Buy",
    size: "1.000",
    avgPrice: "100005.000000000000",
    markPrice: "100000.00000000",
    unrealisedPnl: "-5.00000000",
    positionMM: "400.00000000",
    positionIM: "5000.00000000",
    // 99,949.9975 + (p - 100,005) = 0.004 p at 55.2234: on the tick above, against the owner
    liqPrice: "55.3",
    positionBalance: "0.00000000",
  });
  const { info } = await client.fetchBalance();
  const wallet = (info as { result: { list: readonly object[] } })["result"].list[0];
  // 100,000 less the commission of 0.05 %
  expect(wallet).toMatchObject({
    totalWalletBalance: "99949.99750000",
    totalMarginBalance: "99944.99750000",
    totalMaintenanceMargin: "400.00000000",
    totalInitialMargin: "5000.00000000",
    totalAvailableBalance: "94944.99750000",
  });
  expect((await client.fetchBalance())["USDT"]?.total).toBe(99_949.9975);
});

test("an isolated account: one mode for all symbols, margin moves, and figures of the wallet are empty", async () => {
  const apart = await clientOf(running, "apart");
  await apart.setMarginMode("isolated");
  await apart.setLeverage(10, BTC);
  expect(await codeOf(apart.setLeverage(10, BTC))).toBe(110_043);
  await apart.createOrder(BTC, "market", "buy", 0.1);
  expect(await codeOf(apart.setMarginMode("cross"))).toBe(3_400_045);
  const posted = async () => (await apart.fetchPositions())[0]?.info.positionBalance;
  expect(await posted()).toBe("1000.05000000");
  const move = (margin: string) =>
    apart.privatePostV5PositionAddMargin({ category: "linear", symbol: "BTCUSDT", margin });
  await move("500");
  await move("-100");
  expect(await posted()).toBe("1400.05000000");
  expect(await codeOf(move("1000000"))).toBe(110_014);
  const info = (await apart.privateGetV5AccountWalletBalance({ accountType: "UNIFIED" }))["result"].list[0];
  expect(info).toMatchObject({ accountMMRate: "", totalMarginBalance: "", totalInitialMargin: "" });
  expect((await apart.privateGetV5AccountInfo())["result"].marginMode).toBe("ISOLATED_MARGIN");
  await apart.close();
});

test("hedge mode: both sides are listed, each closes by its own, and reduce-only keeps to its side", async () => {
  const hedger = await clientOf(running, "hedger");
  await hedger.setPositionMode(true, BTC);
  expect(await codeOf(hedger.setPositionMode(true, BTC))).toBe(110_025);
  const trade = (side: "buy" | "sell", size: number, positionIdx: number, reduceOnly = false) =>
    hedger.createOrder(BTC, "market", side, size, undefined, { positionIdx, reduceOnly });
  await trade("buy", 1, 1);
  await trade("sell", 1, 2);
  const rows = async () =>
    (await hedger.fetchPositions()).map(({ info }) => [info.positionIdx, info.side, info.size] as const);
  expect(await rows()).toEqual([
    [1, "Buy", "1.000"],
    [2, "Sell", "1.000"],
  ]);
  expect(await codeOf(trade("buy", 0.1, 1, true))).toBe(110_017);
  expect(await codeOf(trade("buy", 0.1, 0))).toBe(10_001);
  await trade("sell", 0.4, 1, true);
  expect((await rows())[0]).toEqual([1, "Buy", "0.600"]);
  await hedger.close();
});

test("who calls is checked: key, time and signature, also of what is posted", async () => {
  const wrong = async (change: (one: BybitClient) => void, call = (one: BybitClient) => one.fetchBalance()) => {
    const other = await clientOf(running, "alice");
    change(other);
    const code = await codeOf(call(other));
    await other.close();
    return code;
  };
  const order = (one: BybitClient): Promise<never> => one.createOrder(BTC, "market", "buy", 0.1) as Promise<never>;
  expect(await wrong((one) => void (one.apiKey = "nobody"))).toBe(10_003);
  expect(await wrong((one) => void (one.secret = "other"))).toBe(10_004);
  expect(await wrong((one) => void (one.secret = "other"), order)).toBe(10_004);
  expect(await wrong((one) => void (one.nonce = () => running.exchange.now() + 1_000))).toBe(10_002);
  expect(await wrong((one) => void (one.nonce = () => running.exchange.now() - 5_001))).toBe(10_002);
  expect(await wrong((one) => void (one.nonce = () => running.exchange.now() - 5_000))).toBeNaN();
  expect(await wrong((one) => void (one.nonce = () => running.exchange.now() + 999))).toBeNaN();
  expect((await client.fetchPositions())[0]?.info.size).toBe("1.000");
});

test("a key says what it may do, and one that may not trade does not", async () => {
  const other = await openBybit([], {
    keys: [
      { ...keyOf("reader"), trade: false },
      { ...keyOf("thief"), withdraw: true },
    ],
  });
  const [reader, thief] = [await clientOf(other, "reader"), await clientOf(other, "thief")];
  const said = async (one: BybitClient) => (await one.privateGetV5UserQueryApi())["result"];
  expect(await said(reader)).toMatchObject({ readOnly: 1, permissions: { ContractTrade: [], Wallet: [] } });
  expect(await said(thief)).toMatchObject({ readOnly: 0, permissions: { Wallet: ["Withdraw"] } });
  expect(await codeOf(reader.createOrder(BTC, "market", "buy", 1))).toBe(10_005);
  expect(await reader.fetchPositions()).toEqual([]);
  await Promise.all([reader.close(), thief.close()]);
  await other.stop();
});

test("long lists come in pages, and a path that is not served says so", async () => {
  for (let price = 99_000; price < 99_004; price += 1) await client.createOrder(BTC, "limit", "buy", 0.01, price);
  const page = async (cursor?: string) =>
    (await client.privateGetV5OrderRealtime({ category: "linear", symbol: "BTCUSDT", limit: 3, cursor }))["result"];
  const first = await page();
  const second = await page(first.nextPageCursor);
  expect([first.list.length, second.list.length, second.nextPageCursor]).toEqual([3, 1, ""]);
  expect(await codeOf(client.publicGetV5MarketOpenInterest({ category: "linear", symbol: "BTCUSDT" }))).toBe(10_017);
});
