import { type RunningExchange, imbalance } from "@plimsoll/sim/exchange";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { BTC, type BybitClient, clientOf, codeOf, openBybit } from "./testing/bybit-venue.ts";

let running: RunningExchange;
let client: BybitClient;
beforeAll(async () => {
  running = await openBybit(["alice", "doomed"]);
  client = await clientOf(running, "alice");
});
afterEach(async () => {
  await client.cancelAllOrders(BTC);
  const [held] = await client.fetchPositions([BTC]);
  if (Number(held?.contracts ?? 0) > 0)
    await client.createOrder(BTC, "market", held?.side === "long" ? "sell" : "buy", Number(held?.contracts));
});
afterAll(async () => {
  await client.close();
  await running.stop();
});

const buy = (size: number, params: object = {}) => client.createOrder(BTC, "market", "buy", size, undefined, params);
const byName = async (orderLinkId: string) =>
  (await client.fetchOpenOrders(BTC, undefined, undefined, { orderLinkId }))[0];
const held = async () => (await client.fetchPositions([BTC]))[0]?.info as Record<string, string> | undefined;

test("a market order is acknowledged with its ids only, and its execution and state are found by them", async () => {
  const bought = await buy(1, { clientOrderId: "buy-one" });
  expect([bought.clientOrderId, bought.status, bought.filled]).toEqual(["buy-one", undefined, undefined]);
  const found = await byName("buy-one");
  expect(found).toMatchObject({ id: bought.id, status: "closed", filled: 1, average: 100_005, type: "market" });
  const [trade] = await client.fetchMyTrades(BTC);
  expect([trade?.order, trade?.amount, trade?.price, trade?.fee?.cost]).toEqual([bought.id, 1, 100_005, 50.0025]);
  expect(await held()).toMatchObject({ side: "Buy", size: "1.000", avgPrice: "100005.000000000000", leverage: "20" });
});

test("a limit order rests, is found by its owner's name, is cancelled once, and stays in the history", async () => {
  const { id = "" } = await client.createOrder(BTC, "limit", "buy", 0.5, 99_000, { clientOrderId: "rest" });
  expect(await byName("rest")).toMatchObject({ id, status: "open", price: 99_000, remaining: 0.5 });
  expect((await client.fetchOpenOrders(BTC)).map(({ clientOrderId }) => clientOrderId)).toEqual(["rest"]);
  await client.cancelOrder(undefined as unknown as string, BTC, { orderLinkId: "rest" });
  expect(await client.fetchOpenOrders(BTC)).toEqual([]);
  expect(await codeOf(client.cancelOrder(id, BTC))).toBe(110_001);
  expect((await client.fetchCanceledOrders(BTC))[0]).toMatchObject({ id, status: "canceled", clientOrderId: "rest" });
});

test("reduce-only: as limit and market it closes, without or along a position it is refused", async () => {
  const sell = (type: "limit" | "market", size: number, price?: number) =>
    client.createOrder(BTC, type, "sell", size, price, { reduceOnly: true });
  expect(await codeOf(sell("market", 0.1))).toBe(110_017);
  await buy(0.2);
  expect(await codeOf(buy(0.1, { reduceOnly: true }))).toBe(110_017);
  expect(await held()).toMatchObject({ size: "0.200" });
  const { id = "" } = await sell("limit", 0.1, 101_000);
  expect(await client.fetchOpenOrder(id, BTC)).toMatchObject({ reduceOnly: true, status: "open" });
  // more than is held: it closes and does not turn
  await client.cancelOrder(id, BTC);
  const closing = await sell("market", 0.5);
  expect((await client.fetchClosedOrders(BTC)).length).toBeGreaterThan(0);
  expect(await client.fetchOpenOrder(closing.id ?? "", BTC)).toMatchObject({ status: "canceled", filled: 0.2 });
  expect(await client.fetchPositions()).toEqual([]);
});

test("a reduce-only stop waits, fires on mark under one id, and closes; cancelled before, it is deactivated", async () => {
  await buy(0.3);
  const stop = (clientOrderId: string) =>
    client.createOrder(BTC, "market", "sell", 0.3, undefined, {
      triggerPrice: 95_000,
      triggerDirection: "descending",
      triggerBy: "MarkPrice",
      reduceOnly: true,
      clientOrderId,
    });
  const [first, second] = [await stop("first"), await stop("second")];
  expect((await byName("first"))?.info).toMatchObject({
    orderStatus: "Untriggered",
    stopOrderType: "Stop",
    triggerDirection: 2,
    reduceOnly: true,
  });
  await client.cancelOrder(second.id ?? "", BTC);
  expect((await byName("second"))?.info).toMatchObject({ orderStatus: "Deactivated" });
  running.exchange.advance(60_000);
  running.exchange.setReference("BTCUSDT", "94900");
  expect(await client.fetchOpenOrders(BTC, undefined, undefined, { orderLinkId: "first" })).toHaveLength(1);
  expect(await byName("first")).toMatchObject({ id: first.id, status: "closed", filled: 0.3, reduceOnly: true });
  expect(await client.fetchPositions()).toEqual([]);
  running.exchange.advance(60_000);
  running.exchange.setReference("BTCUSDT", "100000");
});

test("a closing stop of size 0 takes all there is when it fires; one that would fire at once is refused", async () => {
  await buy(0.3);
  const close = (triggerPrice: number) =>
    client.privatePostV5OrderCreate({
      category: "linear",
      symbol: "BTCUSDT",
      side: "Sell",
      orderType: "Market",
      qty: "0",
      reduceOnly: true,
      closeOnTrigger: true,
      triggerPrice: `${triggerPrice}`,
      triggerDirection: 2,
      orderLinkId: `close-${triggerPrice}`,
    });
  await expect(close(100_100)).rejects.toThrow("expect Falling, but trigger_price[1001000000] >= current[1000050000]");
  await close(95_000);
  await client.createOrder(BTC, "limit", "buy", 0.1, 99_000, { clientOrderId: "beside" });
  const stops = await client.fetchOpenOrders(BTC, undefined, undefined, { trigger: true });
  expect(stops.map(({ clientOrderId, info }) => [clientOrderId, info.closeOnTrigger])).toEqual([["close-95000", true]]);
  await client.cancelAllOrders(BTC, { orderFilter: "Order" });
  expect((await client.fetchOpenOrders(BTC)).map(({ clientOrderId }) => clientOrderId)).toEqual(["close-95000"]);
  await buy(0.2);
  running.exchange.advance(60_000);
  running.exchange.setReference("BTCUSDT", "94900");
  expect(await byName("close-95000")).toMatchObject({ status: "closed", filled: 0.5 });
  running.exchange.advance(60_000);
  running.exchange.setReference("BTCUSDT", "100000");
});

test("a plain order of size 0 that may only close closes all there is", async () => {
  await buy(0.3);
  const order = { category: "linear", symbol: "BTCUSDT", side: "Sell", orderType: "Market", qty: "0" };
  await client.privatePostV5OrderCreate({ ...order, reduceOnly: true, closeOnTrigger: true });
  expect(await client.fetchPositions()).toEqual([]);
});

test("a liquidation is told as what it is", async () => {
  const doomed = await clientOf(running, "doomed");
  await doomed.createOrder(BTC, "market", "buy", 15);
  running.exchange.setReference("BTCUSDT", "93600");
  const forced = (await doomed.fetchMyTrades(BTC)).map(({ info }) => [info.side, info.execType, info.createType]);
  expect(forced).toContainEqual(["Sell", "BustTrade", "CreateByLiq"]);
  expect(forced).toContainEqual(["Buy", "Trade", "CreateByUser"]);
  await doomed.close();
  running.exchange.setReference("BTCUSDT", "100000");
  running.exchange.advance(60_000);
});

test("a stop watches what it was told to: the last price falls, the mark stays", async () => {
  await buy(0.2);
  const stop = (triggerBy: string) =>
    client.createOrder(BTC, "market", "sell", 0.1, undefined, {
      triggerPrice: 97_000,
      triggerDirection: "descending",
      triggerBy,
      reduceOnly: true,
      clientOrderId: triggerBy,
    });
  await stop("MarkPrice");
  await stop("LastPrice");
  running.exchange.setReference("BTCUSDT", "100000", "96000");
  expect((await byName("LastPrice"))?.status).toBe("closed");
  expect((await byName("MarkPrice"))?.info.orderStatus).toBe("Untriggered");
  running.exchange.setReference("BTCUSDT", "100000");
  running.exchange.advance(60_000);
});

test("faults: an answer that says nothing of what happened, and none at all; the name finds out", async () => {
  const fault = { kind: "error", status: 200, code: 10_016, msg: "Internal server error", effect: true } as const;
  running.faults.add({ on: "POST /v5/order/create", fault, times: 1 });
  expect(await codeOf(buy(0.1, { clientOrderId: "unsure" }))).toBe(10_016);
  expect(await byName("unsure")).toMatchObject({ status: "closed", filled: 0.1 });
  running.faults.add({ on: "POST /v5/order/create", fault: { kind: "disconnect", effect: false }, times: 1 });
  await expect(buy(0.1, { clientOrderId: "never" })).rejects.toThrow("fetch failed");
  expect(await byName("never")).toBeUndefined();
});

test("an owner's name is used once: the second order is refused, whatever became of the first", async () => {
  await buy(0.1, { clientOrderId: "once" });
  expect(await codeOf(buy(0.1, { clientOrderId: "once" }))).toBe(110_072);
  await client.createOrder(BTC, "limit", "buy", 0.1, 99_000, { clientOrderId: "resting" });
  expect(await codeOf(buy(0.1, { clientOrderId: "resting" }))).toBe(110_072);
  running.faults.add({ on: "POST /v5/order/create", fault: { kind: "doubled", answer: "second" }, times: 1 });
  expect(await codeOf(buy(0.1, { clientOrderId: "doubled" }))).toBe(110_072);
  expect(await held()).toMatchObject({ size: "0.200" });
});

test("a post-only that would take and a fill-or-kill that cannot fill are accepted and cancelled", async () => {
  const post = await client.createOrder(BTC, "limit", "buy", 0.1, 101_000, { postOnly: true, clientOrderId: "post" });
  expect((await byName("post"))?.info).toMatchObject({
    orderId: post.id,
    orderStatus: "Cancelled",
    rejectReason: "EC_PostOnlyWillTakeLiquidity",
    cumExecQty: "0.000",
  });
  await client.createOrder(BTC, "limit", "buy", 0.1, 99_000, { timeInForce: "FOK", clientOrderId: "kill" });
  expect((await byName("kill"))?.info).toMatchObject({ rejectReason: "EC_CancelForNoFullFill" });
  expect(await client.fetchPositions()).toEqual([]);
});

// oxfmt-ignore
test.each([
  ["a price off the tick",       { price: "99000.05" },             10_001],
  ["a size off the lot",         { qty: "0.0005" },                 10_001],
  ["a size of 0",                { qty: "0" },                      10_001],
  ["a price beyond the band",    { price: "110000" },               110_003],
  ["below the smallest value",   { qty: "0.001", price: "99000" },  110_094],
  ["more than can be afforded",  { qty: "50" },                     110_007],
  ["an unknown symbol",          { symbol: "XUSDT" },               10_001],
  ["a side of hedge mode",       { positionIdx: 1 },                10_001],
  ["another category",           { category: "spot" },              10_001],
  ["an attached stop-loss",      { stopLoss: "90000" },             10_001],
])("refused: %s", async (_case, change, code) => {
  const order = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Limit", qty: "0.1", price: "99000" };
  expect(await codeOf(client.privatePostV5OrderCreate({ ...order, ...change }))).toBe(code);
});

test("modes of the venue: reduce-only lets closing pass, halted nothing", async () => {
  await buy(0.2);
  const set = (mode: "normal" | "reduce-only" | "halted") => running.exchange.run({ type: "mode", mode });
  const close = () => client.createOrder(BTC, "market", "sell", 0.1, undefined, { reduceOnly: true });
  set("reduce-only");
  expect(await codeOf(buy(0.1))).toBe(110_023);
  await close();
  set("halted");
  expect(await codeOf(close())).toBe(110_066);
  set("normal");
  expect(await held()).toMatchObject({ size: "0.100" });
});

test("whatever was asked over the wire, no money came from nowhere", () => {
  expect([...imbalance(running.exchange.state).money.values()]).toEqual([0n]);
});
