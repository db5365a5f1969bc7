import { type RunningExchange, imbalance } from "@plimsoll/sim/exchange";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { BTC, BTC_ID, type OkxClient, clientOf, codeOf, openOkx } from "./testing/okx-venue.ts";

let running: RunningExchange;
let client: OkxClient;
beforeAll(async () => {
  running = await openOkx(["alice", "doomed"]);
  client = await clientOf(running, "alice");
});
afterEach(async () => {
  const orders = await client.fetchOpenOrders(BTC);
  if (orders.length > 0)
    await client.cancelOrders(
      orders.map(({ id }) => id ?? ""),
      BTC,
    );
  const stops = await waiting();
  if (stops.length > 0)
    await client.cancelOrders(
      stops.map(({ id }) => id ?? ""),
      BTC,
      { trigger: true },
    );
  const [held] = await client.fetchPositions([BTC]);
  if (held !== undefined)
    await client.createOrder(BTC, "market", held.side === "long" ? "sell" : "buy", Number(held.contracts));
});
afterAll(async () => {
  await client.close();
  await running.stop();
});

const buy = (contracts: number, params: object = {}) =>
  client.createOrder(BTC, "market", "buy", contracts, undefined, params);
const sell = (type: "limit" | "market", contracts: number, price?: number) =>
  client.createOrder(BTC, type, "sell", contracts, price, { reduceOnly: true });
const byName = (clOrdId: string) => client.fetchOrder("", BTC, { clOrdId });
const waiting = () => client.fetchOpenOrders(BTC, undefined, undefined, { trigger: true, ordType: "conditional" });
const stop = (algoClOrdId: string, contracts: number, params: object = {}) =>
  client.createOrder(BTC, "market", "sell", contracts, undefined, {
    stopLossPrice: 95_000,
    slTriggerPxType: "mark",
    reduceOnly: true,
    algoClOrdId,
    ...params,
  });
const stopByName = (algoClOrdId: string) => client.fetchOrder("", BTC, { trigger: true, clientOrderId: algoClOrdId });
const held = async () => (await client.fetchPositions([BTC]))[0]?.info.pos as string | undefined;
const move = (price: string, mid?: string) => {
  running.exchange.advance(60_000);
  running.exchange.setReference("BTCUSDT", price, mid);
};

test("a market order is acknowledged with its ids only; its state and fills are found by them", async () => {
  const bought = await buy(100, { clOrdId: "buyOne" });
  expect([bought.clientOrderId, bought.status, bought.filled]).toEqual(["buyOne", undefined, undefined]);
  expect(await byName("buyOne")).toMatchObject({
    id: bought.id,
    status: "closed",
    type: "market",
    filled: 100,
    average: 100_005,
    fee: { cost: 50.0025, currency: "USDT" },
    info: { tdMode: "cross", cancelSource: "" },
  });
  const [trade] = await client.fetchMyTrades(BTC);
  expect([trade?.order, trade?.amount, trade?.price, trade?.fee?.cost]).toEqual([bought.id, 100, 100_005, 50.0025]);
  expect(await held()).toBe("100.0");
});

test("a limit order rests, is found by its owner's name, is cancelled once, and stays in the history", async () => {
  const { id = "" } = await client.createOrder(BTC, "limit", "buy", 50, 99_000, { clOrdId: "rest" });
  expect(await byName("rest")).toMatchObject({ id, status: "open", price: 99_000, amount: 50, remaining: 50 });
  expect((await client.fetchOpenOrders(BTC)).map(({ clientOrderId }) => clientOrderId)).toEqual(["rest"]);
  await client.cancelOrder("", BTC, { clOrdId: "rest" });
  expect(await client.fetchOpenOrders(BTC)).toEqual([]);
  expect(await codeOf(client.cancelOrder(id, BTC))).toBe(51_400);
  expect((await client.fetchCanceledOrders(BTC))[0]).toMatchObject({ id, status: "canceled", clientOrderId: "rest" });
  expect(await codeOf(byName("never"))).toBe(51_603);
});

test("reduce-only: as limit and market it closes, without or along a position it is refused", async () => {
  expect(await codeOf(sell("market", 10))).toBe(51_169);
  await buy(20);
  expect(await codeOf(buy(10, { reduceOnly: true }))).toBe(51_169);
  expect(await held()).toBe("20.0");
  const { id = "" } = await sell("limit", 10, 101_000);
  expect(await client.fetchOrder(id, BTC)).toMatchObject({ reduceOnly: true, status: "open" });
  await client.cancelOrder(id, BTC);
  // more than is held: it closes and does not turn
  const closing = await sell("market", 50);
  expect(await client.fetchOrder(closing.id ?? "", BTC)).toMatchObject({ status: "canceled", filled: 20 });
  expect(await client.fetchPositions()).toEqual([]);
});

test("a reduce-only stop waits, fires on mark, and becomes an order of its own; cancelled before, it does neither", async () => {
  await buy(30);
  const [first, second] = [await stop("first", 30), await stop("second", 30)];
  expect((await stopByName("first")).info).toMatchObject({
    algoId: first.id,
    ordType: "conditional",
    state: "live",
    slTriggerPx: "95000.0",
    slTriggerPxType: "mark",
    slOrdPx: "-1",
    sz: "30.0",
    reduceOnly: "true",
    ordId: "",
  });
  expect((await waiting()).map(({ id }) => id)).toEqual([second.id, first.id]);
  await client.cancelOrder(second.id ?? "", BTC, { trigger: true });
  expect((await stopByName("second")).info.state).toBe("canceled");
  move("94900");
  const fired = (await stopByName("first")).info as Record<string, string>;
  expect(fired).toMatchObject({ state: "effective", actualSide: "sl", actualSz: "30.0" });
  const order = await client.fetchOrder(fired["ordId"] ?? "", BTC);
  expect(order).toMatchObject({ status: "closed", filled: 30, reduceOnly: true });
  expect(order.info).toMatchObject({ algoId: first.id, algoClOrdId: "first", clOrdId: "" });
  expect([await held(), await waiting()]).toEqual([undefined, []]);
  expect(await codeOf(client.cancelOrders([first.id ?? ""], BTC, { trigger: true }))).toBe(51_400);
  move("100000");
});

test("a stop of the whole position takes all there is when it fires; one that is already there is refused", async () => {
  await buy(30);
  const close = (price: number, algoClOrdId: string, params: object = {}) =>
    stop(algoClOrdId, 0, { stopLossPrice: price, closeFraction: "1", ...params });
  expect(await codeOf(close(100_100, "markThere"))).toBe(51_304);
  expect(await codeOf(close(100_100, "lastThere", { slTriggerPxType: "last" }))).toBe(51_280);
  expect(await codeOf(close(95_000, "opens", { reduceOnly: false }))).toBe(51_328);
  const closing = await close(95_000, "whole");
  await buy(20);
  move("94900");
  expect((await client.fetchOrder(closing.id ?? "", BTC, { trigger: true })).info).toMatchObject({
    state: "effective",
    closeFraction: "1",
    actualSz: "50.0",
  });
  expect(await held()).toBeUndefined();
  move("100000");
});

test("a stop watches what it was told to: the last price falls, the mark stays", async () => {
  await buy(20);
  await stop("onMark", 10, { stopLossPrice: 97_000 });
  await stop("onLast", 10, { stopLossPrice: 97_000, slTriggerPxType: "last" });
  running.exchange.setReference("BTCUSDT", "100000", "96000");
  expect((await waiting()).map(({ info }) => info.algoClOrdId)).toEqual(["onMark"]);
  move("100000");
});

test("a stop that finds no position when it fires has failed", async () => {
  await stop("late", 10);
  move("94900");
  expect((await stopByName("late")).info).toMatchObject({ state: "order_failed", actualSz: "0", ordId: "" });
  move("100000");
});

test("an owner's name is used once, whatever became of the first; stops have names of their own", async () => {
  await buy(10, { clOrdId: "once" });
  expect(await codeOf(buy(10, { clOrdId: "once" }))).toBe(51_016);
  await client.createOrder(BTC, "limit", "buy", 10, 99_000, { clOrdId: "resting" });
  expect(await codeOf(buy(10, { clOrdId: "resting" }))).toBe(51_016);
  running.faults.add({ on: "POST /api/v5/trade/batch-orders", fault: { kind: "doubled", answer: "second" }, times: 1 });
  expect(await codeOf(buy(10, { clOrdId: "doubled" }))).toBe(51_016);
  expect(await held()).toBe("20.0");
  await stop("once", 10);
  expect(await codeOf(stop("once", 10))).toBe(51_065);
  await stop("", 10);
  expect((await waiting()).map(({ info }) => info.algoClOrdId)).toEqual(["", "once"]);
});

test("faults: an answer that says nothing of what happened, and none at all; the name finds out", async () => {
  const on = "POST /api/v5/trade/batch-orders";
  const fault = {
    kind: "error",
    status: 200,
    code: 50_004,
    msg: "API endpoint request timeout",
    effect: true,
  } as const;
  running.faults.add({ on, fault, times: 1 });
  expect(await codeOf(buy(10, { clOrdId: "unsure" }))).toBe(50_004);
  expect(await byName("unsure")).toMatchObject({ status: "closed", filled: 10 });
  running.faults.add({ on, fault: { kind: "disconnect", effect: false }, times: 1 });
  await expect(buy(10, { clOrdId: "gone" })).rejects.toThrow("fetch failed");
  expect(await codeOf(byName("gone"))).toBe(51_603);
});

test("a post-only that would take and a fill-or-kill that cannot fill are accepted and cancelled", async () => {
  const post = await client.createOrder(BTC, "limit", "buy", 10, 101_000, { postOnly: true, clOrdId: "post" });
  expect((await byName("post")).info).toMatchObject({
    ordId: post.id,
    ordType: "post_only",
    state: "canceled",
    cancelSource: "31",
    accFillSz: "0.0",
  });
  await client.createOrder(BTC, "limit", "buy", 10, 99_000, { timeInForce: "FOK", clOrdId: "kill" });
  expect((await byName("kill")).info).toMatchObject({ state: "canceled", cancelSource: "13" });
  expect(await client.fetchPositions()).toEqual([]);
});

test("long lists come in pages, each after the last row of the one before", async () => {
  for (const clOrdId of ["a", "b", "c"]) await client.createOrder(BTC, "limit", "buy", 10, 99_000, { clOrdId });
  const page = async (more: object) =>
    (await client.privateGetTradeOrdersPending({ limit: 2, ...more }))["data"] as readonly Record<string, string>[];
  const first = await page({});
  const second = await page({ after: first.at(-1)?.["ordId"] });
  expect([first, second].map((rows) => rows.map(({ clOrdId }) => clOrdId))).toEqual([["c", "b"], ["a"]]);
});

test("several at once: each is told what became of it", async () => {
  const one = { instId: BTC_ID, tdMode: "cross", side: "buy", ordType: "limit", sz: "10", px: "99000" };
  const said = await client.privatePostTradeBatchOrders([
    { ...one, clOrdId: "good" },
    { ...one, sz: "0.05", clOrdId: "bad" },
  ]);
  const rows = said["data"] as readonly Record<string, string>[];
  expect([said["code"], ...rows.map(({ clOrdId, sCode }) => [clOrdId, sCode])]).toEqual([
    "2",
    ["good", "0"],
    ["bad", "51121"],
  ]);
});

// oxfmt-ignore
test.each([
  ["a price off the tick",       { px: "99000.05" },                51_150],
  ["a size off the lot",         { sz: "0.05" },                    51_121],
  ["a size of 0",                { sz: "0" },                       51_000],
  ["a price beyond the band",    { px: "110000" },                  51_006],
  ["below the smallest value",   { sz: "0.1", px: "99000" },        51_020],
  ["more than can be afforded",  { sz: "5000" },                    51_008],
  ["an unknown instrument",      { instId: "XRP-USDT-SWAP" },       51_001],
  ["a side of long/short mode",  { posSide: "long" },               51_000],
  ["another trade mode",         { tdMode: "cash" },                51_000],
  ["an attached stop-loss",      { attachAlgoOrds: [{}] },          51_000],
  ["an unknown order type",      { ordType: "iceberg" },            51_000],
])("refused: %s", async (_case, change, code) => {
  const order = { instId: BTC_ID, tdMode: "cross", side: "buy", ordType: "limit", sz: "10", px: "99000" };
  expect(await codeOf(client.privatePostTradeOrder({ ...order, ...change }))).toBe(code);
});

test("modes of the venue: reduce-only lets closing pass, halted nothing", async () => {
  await buy(20);
  const set = (mode: "normal" | "reduce-only" | "halted") => running.exchange.run({ type: "mode", mode });
  set("reduce-only");
  expect(await codeOf(buy(10))).toBe(51_009);
  await sell("market", 10);
  set("halted");
  expect(await codeOf(sell("market", 10))).toBe(51_022);
  set("normal");
  expect(await held()).toBe("10.0");
});

test("a liquidation is told as what it is", async () => {
  const doomed = await clientOf(running, "doomed");
  await doomed.createOrder(BTC, "market", "buy", 1_500);
  running.exchange.setReference("BTCUSDT", "93600");
  const fills = (await doomed.fetchMyTrades(BTC)).map(({ info }) => [info.side, info.subType]);
  expect(fills).toContainEqual(["sell", "104"]);
  expect(fills).toContainEqual(["buy", "1"]);
  await doomed.close();
  move("100000");
});

test("whatever was asked over the wire, no money came from nowhere", () => {
  expect([...imbalance(running.exchange.state).money.values()]).toEqual([0n]);
});
