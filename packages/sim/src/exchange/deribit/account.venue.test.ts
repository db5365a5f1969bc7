// The real ccxt client reads an account of the simulated venue.
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BTC, BTC_NAME, type DeribitClient, clientOf, codeOf, keyOf, openDeribit } from "./testing/deribit-venue.ts";

let running: RunningExchange;
let client: DeribitClient;
beforeEach(async () => {
  running = await openDeribit(["me", "you"]);
  client = await clientOf(running, "me");
});
afterEach(async () => {
  await client.close();
  await running.stop();
});

test("contracts as the venue lists them: linear, in their settlement coin, with tick and step", async () => {
  expect(Object.keys(client.markets ?? {})).toEqual([BTC, "ETH/USDC:USDC"]);
  const { id, linear, precision, taker } = client.market(BTC);
  expect([id, linear, precision.price, precision.amount, taker]).toEqual([BTC_NAME, true, 0.5, 0.001, 0.0005]);
  expect(await client.fetchTime()).toBe(running.exchange.now());
});

test("ticker and book: bid below ask, sizes, band and index", async () => {
  const ticker = await client.fetchTicker(BTC);
  expect([ticker.bid, ticker.ask, ticker.info["index_price"]]).toEqual([99_995, 100_005, "100000"]);
  expect([ticker.info["min_price"], ticker.info["max_price"]]).toEqual(["98500", "101500"]);
  const { bids, asks } = await client.fetchOrderBook(BTC, 3);
  expect([bids.length, asks.length, bids[0]![0], asks[0]![0]]).toEqual([3, 3, 99_995, 100_005]);
});

test("balance and position: cash, profit and margins in the coin; a short is below 0", async () => {
  await client.createOrder(BTC, "market", "sell", 2);
  const balance = await client.fetchBalance();
  // sold 2 at 99,995, fee 0.05 % of 199,990
  expect(balance["USDC"]).toMatchObject({ total: 99_890.005 });
  const [position] = await client.fetchPositions([BTC]);
  expect(position).toMatchObject({ side: "short", entryPrice: 99_995, unrealizedPnl: -10 });
  // 1 % and 0.005 % for each of 2 coins, at the index
  expect(position!.info).toMatchObject({
    direction: "sell",
    size: "-2",
    maintenance_margin: "2020",
    initial_margin: "4000",
  });
  const [summary] = (
    (await client.privateGetGetAccountSummaries({ extended: "true" })) as { result: { summaries: object[] } }
  ).result.summaries;
  expect(summary).toMatchObject({
    ...{ currency: "USDC", margin_model: "segregated_sm", balance: "99900.005", equity: "99890.005" },
    ...{ maintenance_margin: "2020", initial_margin: "4000", delta_total: "-2" },
  });
});

test("who calls: a signature over another target, an unknown key, and a token", async () => {
  const stranger = await clientOf(running, "me");
  stranger.secret = "another";
  expect(await codeOf(stranger.fetchBalance())).toBe(13_009);
  stranger.apiKey = "nobody";
  expect(await codeOf(stranger.fetchBalance())).toBe(13_009);
  await stranger.close();
  const { key, secret } = keyOf("me");
  const base = `http://127.0.0.1:${running.port}/api/v2`;
  const credentials = `grant_type=client_credentials&client_id=${key}&client_secret=${secret}`;
  const signed = await (await fetch(`${base}/public/auth?${credentials}`)).json();
  expect(signed).toMatchObject({ result: { scope: expect.stringContaining("trade:read_write wallet:read ") } });
  const posted = await fetch(base, {
    method: "POST",
    headers: { authorization: `Bearer ${signed.result.access_token}` },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 7,
      method: "private/get_account_summary",
      params: { currency: "USDC" },
    }),
  });
  expect(await posted.json()).toMatchObject({ id: 7, result: { username: "me", equity: 100_000 } });
  const wrong = await (await fetch(`${base}/public/auth?${credentials}x`)).json();
  expect(wrong).toMatchObject({ error: { code: 13_004 } });
});

test("a key that only reads does not trade, and a stranger sees nothing", async () => {
  const reader = await openDeribit(["r"], { keys: [{ ...keyOf("r"), trade: false }] });
  const reading = await clientOf(reader, "r");
  expect(await codeOf(reading.createOrder(BTC, "market", "buy", 1))).toBe(13_021);
  expect(await reading.fetchPositions()).toEqual([]);
  await reading.close();
  await reader.stop();
  const unsigned = await fetch(`http://127.0.0.1:${running.port}/api/v2/private/get_positions`);
  expect([unsigned.status, await unsigned.json()]).toMatchObject([400, { error: { code: 13_009 } }]);
});

test("settings that can be read: locks, and cancel-on-disconnect of the account; that of a connection by socket only", async () => {
  const ask = (method: string, params = {}) => client.request(method, "private", "GET", params) as Promise<unknown>;
  expect(await ask("get_user_locks")).toMatchObject({ result: [{ currency: "USDC", enabled: false }] });
  expect(await ask("get_cancel_on_disconnect", { scope: "account" })).toMatchObject({
    result: { scope: "account", enabled: false },
  });
  expect(await codeOf(ask("get_cancel_on_disconnect"))).toBe(10_030);
  expect(await codeOf(ask("get_nothing"))).toBe(-32_601);
});
