import { accountKey, dec, holdingId } from "@plimsoll/core/units";
import { type RunningExchange, fixed, listings, startExchange } from "@plimsoll/sim/exchange";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Desk, callsOf, reduceOf, stopOf } from "@plimsoll/venues/exchange/testing";
import { binance } from "./index.ts";
import { binanceActor } from "./act.ts";
import { binanceClient } from "./client.ts";
import { binanceFeed } from "./feed.ts";
import type { Client } from "./transport.ts";

let running: RunningExchange;
let client: Client;
let desk: Desk;
const BTC = "BTC/USDT:USDT";
const CROSS = accountKey("cross:USDT");
const reduce = reduceOf("BTCUSDT");
const stop = stopOf("BTCUSDT");

beforeEach(async () => {
  running = await startExchange({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 10, 22),
    keys: [{ account: "me", key: "key", secret: "secret" }],
  });
  running.exchange.deposit("me", "USDT", "100000");
  client = await binanceClient({
    key: "key",
    secret: "secret",
    localPort: running.port,
    clock: () => running.exchange.now(),
  });
  client.timeout = 300;
  desk = new Desk(binanceFeed(client, { holding: holdingId("mine") }), binanceActor(client), binance.engine);
  await client.loadMarkets();
});
afterEach(async () => {
  await client.close();
  await running.stop();
});

const long = () => client.createOrder(BTC, "market", "buy", 1);
const fallTo = (price: string) => {
  running.exchange.setReference("BTCUSDT", price);
  running.exchange.advance(60_000);
};

test("a stop lies there once the venue shows it, is seen by the feed, and is found by its id", async () => {
  await long();
  expect(await desk.lying(CROSS)).toEqual([]);
  const placed = await desk.prepare(stop("0.5", "95000"));
  expect(placed.reference).toMatch(/^ps\.BTCUSDT\.[0-9a-f]{25}$/);
  expect(await desk.actor.query(placed)).toEqual({ is: "not-found" });
  expect(await desk.actor.send(placed)).toEqual({ is: "accepted" });
  expect(await desk.lying(CROSS)).toEqual(["BTCUSDT sell 0.5 reduce-only at-or-below 95000 mark"]);
  const found = await desk.resting(CROSS);
  expect(found).toMatchObject({ is: "known", value: [{ reference: placed.reference }] });
});

test("a stop of whatever the position is, and one of a short", async () => {
  await client.setPositionMode(true);
  await client.createOrder(BTC, "market", "buy", 1, undefined, { positionSide: "LONG" });
  await client.createOrder(BTC, "market", "sell", 1, undefined, { positionSide: "SHORT" });
  for (const [key, action] of [stop("all", "95000"), stop("0.3", "105000", { side: "buy" })].entries())
    expect((await desk.actor.send(await desk.prepare(action, `${key}`))).is).toBe("accepted");
  expect(await desk.lying(CROSS)).toEqual([
    "BTCUSDT sell all reduce-only at-or-below 95000 mark",
    "BTCUSDT buy 0.3 reduce-only at-or-above 105000 mark",
  ]);
});

test("when its price comes it closes, and its id says what moved", async () => {
  await long();
  const placed = await desk.prepare(stop("all", "99000"));
  await desk.actor.send(placed);
  fallTo("98900");
  const reply = await desk.actor.query(placed);
  expect(reply).toMatchObject({ is: "done", flows: [{ asset: "USDT" }] });
  expect((await desk.holding()).body).toMatchObject({ positions: [], resting: [] });
});

test("a cancel by the venue's id or by ours; afterwards it protects nothing and says so", async () => {
  await long();
  const placed = await desk.prepare(stop("0.5", "95000"));
  await desk.actor.send(placed);
  const [lies] = ((await desk.holding()).body as { resting: { order: string }[] }).resting;
  const cancel = await desk.prepare({ do: "cancel", order: lies!.order });
  expect(await desk.actor.query(cancel)).toEqual({ is: "not-found" });
  expect((await desk.actor.send(cancel)).is).toBe("done");
  expect((await desk.actor.query(cancel)).is).toBe("done");
  expect((await desk.actor.send(cancel)).is).toBe("refused");
  expect(await desk.actor.query(placed)).toMatchObject({ is: "expired", why: { code: "binance/stop-ended" } });
  const next = await desk.prepare(stop("0.5", "94000"), "two");
  await desk.actor.send(next);
  // by our own id, also where the holding does not show it
  const stale = { ...(await desk.holding()), body: { ...((await desk.holding()).body as object), resting: [] } };
  const ours = await desk.actor.prepare("k", stale, { do: "cancel", order: next.reference });
  expect(ours.ok && (await desk.actor.send(ours.value)).is).toBe("done");
  expect(await desk.lying(CROSS)).toEqual([]);
});

test.each([
  ["a lost reply", { kind: "lost-reply" }, "ambiguous", "accepted", 1],
  ["a disconnect before", { kind: "disconnect", effect: false }, "ambiguous", "not-found", 0],
  ["doubled", { kind: "doubled", answer: "second" }, "ambiguous", "accepted", 1],
] as const)("%s: the venue is asked by our id, one stop at most", async (_case, fault, sent, asked, lie) => {
  await long();
  const placed = await desk.prepare(stop("0.5", "95000"));
  running.faults.add({ on: "POST /fapi/v1/algoOrder", fault, times: 1 });
  expect((await desk.actor.send(placed)).is).toBe(sent);
  expect((await desk.actor.query(placed)).is).toBe(asked);
  expect(await desk.lying(CROSS)).toHaveLength(lie);
});

test("an acknowledgement that the venue then cannot show is not called a stop", async () => {
  await long();
  const placed = await desk.prepare(stop("0.5", "95000"));
  const gone = { kind: "error", status: 400, code: -2013, msg: "Order does not exist.", effect: false } as const;
  running.faults.add({ on: "GET /fapi/v1/algoOrder", fault: gone, times: 1 });
  expect(await desk.actor.send(placed)).toMatchObject({ is: "ambiguous", why: { code: "binance/not-shown-yet" } });
  expect(await desk.actor.query(placed)).toEqual({ is: "accepted" });
});

// oxfmt-ignore
test.each([
  ["already reached",    stop("0.5", "101000"),                                                       "binance/trigger-reached"],
  ["off the grid",       stop("0.5", "95000.001"),                                                    "binance/trigger-off-tick"],
  ["more than is held",  stop("1.5", "95000"),                                                        "binance/closes-too-much"],
  ["would open",         stop("0.5", "105000", { side: "buy" }),                                      "binance/wrong-side"],
  ["by the index",       stop("1", "1", { trigger: { kind: "index", when: "at-or-below", at: dec("1") } }), "binance/no-such-trigger"],
  ["all with a limit",   stop("all", "95000", { limit: dec("94000") }),                               "binance/no-limit-of-all"],
])("refused before it is sent: %s", async (_case, action, code) => {
  await long();
  expect(await desk.apply(action)).toMatchObject({ ok: false, failure: { code } });
});

test("what the engine shows after a stop is what the venue then shows", async () => {
  await long();
  const action = stop("0.5", "95000");
  const predicted = await desk.apply(action);
  await desk.actor.send(await desk.prepare(action));
  const { scene } = await desk.read();
  const lines = predicted.ok ? desk.engine.resting(predicted.value, CROSS, scene) : undefined;
  expect(lines).toMatchObject({ is: "known", value: [{ instrument: "BTCUSDT", side: "sell", reduceOnly: true }] });
  expect(await desk.lying(CROSS)).toHaveLength(1);
});

test("a refusal says what helps: the edge of the band, or a fresh reading", async () => {
  await long();
  const low = await desk.prepare(reduce("sell", "0.5", "90000"));
  expect(await desk.actor.send(low)).toMatchObject({ is: "refused", remedy: "band", edge: dec("95000.00000000") });
  const [first, second] = [
    await desk.prepare(reduce("sell", "1", "99000"), "a"),
    await desk.prepare(reduce("sell", "1", "99000"), "b"),
  ];
  expect((await desk.actor.send(first)).is).toBe("done");
  expect(await desk.actor.send(second)).toMatchObject({ is: "refused", remedy: "reread" });
});

test("the dead man's timer is never armed, whatever is done", async () => {
  await long();
  const calls = callsOf(client);
  await desk.actor.send(await desk.prepare(stop("0.5", "95000")));
  await desk.actor.send(await desk.prepare(reduce("sell", "0.5", "99000"), "two"));
  expect(calls.length).toBeGreaterThan(3);
  expect(calls.filter((url) => /countdown/i.test(url))).toEqual([]);
});
