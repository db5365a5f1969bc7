import type { Action, Holding, Prepared, Resting } from "@plimsoll/core/book";
import { isOurs } from "@plimsoll/core/book";
import { dec, holdingId, text, trim } from "@plimsoll/core/units";
import { type FaultRule, type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { perpetuals, startDeribit } from "@plimsoll/sim/exchange/deribit";
import type { Actor } from "@plimsoll/core/book";
import type { ExchangeFeed } from "@plimsoll/venues/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deribitActor } from "./act.ts";
import { deribitClient } from "./client.ts";
import { deribitFeed } from "./feed.ts";
import type { Body } from "./holding.ts";
import type { Client } from "./transport.ts";

const NAME = perpetuals.BTC.symbol;
const BTC = "BTC/USDC:USDC";
let running: RunningExchange;
let client: Client;
let actor: Actor;
let feed: ExchangeFeed;

const keyOf = (withdraw = false) => ({ account: "me", key: "key", secret: "secret", withdraw });
async function open(withdraw = false): Promise<void> {
  running = await startDeribit({
    instruments: [perpetuals.BTC],
    prices: new Map([[NAME, fixed("100000")]]),
    fund: new Map([["USDC", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 10, 22, 9),
    keys: [keyOf(withdraw)],
  });
  running.exchange.deposit("me", "USDC", "100000");
  client = await deribitClient({ ...keyOf(), localPort: running.port, clock: () => running.exchange.now() });
  await client.loadMarkets(true);
  client.timeout = 300;
  actor = deribitActor(client);
  feed = deribitFeed(client, { holding: holdingId("mine") });
}
beforeEach(() => open());
afterEach(async () => {
  await client.close();
  await running.stop();
});

async function holding(): Promise<Holding> {
  const read = await feed.snapshot();
  if (!read.ok) throw new Error(`${read.failure.code} ${JSON.stringify(read.failure.facts)}`);
  return read.value.find((event) => event.type === "holding")!.holding;
}
const bodyOf = ({ body }: Holding) => body as Body;
async function prepare(action: Action, key = "one"): Promise<Prepared> {
  const made = await actor.prepare(key, await holding(), action);
  if (!made.ok) throw new Error(`${made.failure.code} ${JSON.stringify(made.failure.facts)}`);
  return made.value;
}
const reduce = (size: string, side: "buy" | "sell" = "sell", limit = "99000"): Action => ({
  ...({ do: "order", instrument: NAME, side, reduceOnly: true } as const),
  ...{ size: dec(size), limit: dec(limit) },
});
type Stop = Extract<Action, { do: "stop" }>;
const stopAt = (at: string, over: Partial<Stop> = {}): Action => ({
  ...({ do: "stop", instrument: NAME, side: "sell", size: dec("0.4") } as const),
  ...{ trigger: { kind: "mark", when: "at-or-below", at: dec(at) } },
  ...over,
});
const buy = (size = 1) => client.createOrder(BTC, "market", "buy", size);
const fault = (rule: FaultRule) => running.faults.add(rule);
const size = async () =>
  bodyOf(await holding())
    .positions.map((each) => text(each.size))
    .join();
const resting = async () => bodyOf(await holding()).resting ?? [];
/** Until a message that never arrived cannot arrive any more. */
const wait = () => running.exchange.advance(10_001);
const fall = (to: string) => {
  running.exchange.setReference(NAME, to);
  running.exchange.advance(31_000);
};

test("a reduce-only order fills at once, its flows are the venue's trades, and its label answers afterwards", async () => {
  await buy();
  const order = await prepare(reduce("0.4"));
  expect(order.reference).toMatch(/^pl\.BTC_USDC-PERPETUAL\.[0-9a-f]{42}$/);
  expect(isOurs({ reference: order.reference })).toBe(true);
  expect((await prepare(reduce("0.4"))).reference).toBe(order.reference);
  expect((await prepare(reduce("0.4"), "two")).reference).not.toBe(order.reference);
  expect(JSON.parse(order.wire)).toMatchObject({
    params: { reduce_only: "true", time_in_force: "immediate_or_cancel", type: "limit", price: "99000" },
  });
  expect(order.wire).not.toContain("secret");
  const reply = await actor.send(order);
  // bought at 100,005, sold 0.4 at 99,995: 4 lost, 0.05 % of 39,998 paid
  expect(reply).toEqual({ is: "done", flows: [{ asset: "USDC", amount: expect.anything() }] });
  expect(reply.is === "done" && text(trim(reply.flows[0]!.amount))).toBe("-23.999");
  expect(await actor.query(order)).toEqual(reply);
  expect(await size()).toBe("0.6");
});

test("an order that finds no price ends expired with nothing done", async () => {
  await buy();
  const order = await prepare(reduce("0.4", "sell", "101000"));
  expect(await actor.send(order)).toMatchObject({
    is: "expired",
    done: { digits: 0n },
    why: { facts: { state: "cancelled" } },
  });
  expect(await actor.query(order)).toMatchObject({ is: "expired" });
  expect(await size()).toBe("1");
});

test("what the venue does not know is unclear while it may arrive, and unknown from then on", async () => {
  await buy();
  const order = await prepare(reduce("0.4"));
  expect(await actor.query(order)).toMatchObject({ is: "ambiguous", why: { code: "deribit/not-there-yet" } });
  wait();
  expect(await actor.query(order)).toEqual({ is: "not-found" });
  expect(await actor.send(order)).toMatchObject({ is: "refused", why: { code: "deribit/answer13888" } });
  expect(await size()).toBe("1");
});

const SELL = "GET /api/v2/private/sell";
const error = (code: number, msg: string, status = 400, effect = false): FaultRule["fault"] => ({
  kind: "error",
  status,
  code,
  msg,
  effect,
});
// oxfmt-ignore
test.each<[string, FaultRule["fault"], sent: string, asked: string, left: string]>([
  ["a lost reply",                 { kind: "lost-reply" },                  "ambiguous", "done",      "0.6"],
  ["a late reply",                 { kind: "late-reply", ms: 600 },         "ambiguous", "done",      "0.6"],
  ["a disconnect after",           { kind: "disconnect", effect: true },    "ambiguous", "done",      "0.6"],
  ["a disconnect before",          { kind: "disconnect", effect: false },   "ambiguous", "not-found", "1"],
  ["failed inside, with effect",   error(11_094, "internal_server_error", 500, true), "ambiguous", "done", "0.6"],
  ["failed inside, without",       error(13_028, "temporarily_unavailable"), "ambiguous", "not-found", "1"],
  ["a gateway without words",      error(0, "", 502, true),                 "ambiguous", "done",      "0.6"],
  ["the account is being liquidated", error(11_098, "account_locked"),      "refused",   "not-found", "1"],
  ["too many requests",            error(10_028, "too_many_requests", 429), "refused",   "not-found", "1"],
  ["settlement",                   error(10_041, "settlement_in_progress"), "refused",   "not-found", "1"],
])("%s", async (_case, rule, sent, asked, left) => {
  await buy();
  const order = await prepare(reduce("0.4"));
  fault({ on: SELL, fault: rule, times: 1 });
  expect((await actor.send(order)).is).toBe(sent);
  wait();
  expect((await actor.query(order)).is).toBe(asked);
  expect(await size()).toBe(left);
});

test("a doubled message acts twice, since labels are not unique: both copies are found by it, and reduce-only bounds them", async () => {
  await buy();
  const order = await prepare(reduce("0.4"));
  fault({ on: SELL, fault: { kind: "doubled", answer: "first" }, times: 1 });
  await actor.send(order);
  const reply = await actor.query(order);
  expect(reply).toMatchObject({ is: "done" });
  expect(reply.is === "done" && reply.flows).toHaveLength(2);
  expect(await size()).toBe("0.2");
  const rest = await prepare(reduce("0.2"), "rest");
  fault({ on: SELL, fault: { kind: "doubled", answer: "second" }, times: 1 });
  expect(await actor.send(rest)).toMatchObject({ is: "refused", remedy: "reread" });
  expect(await actor.query(rest)).toMatchObject({ is: "done" });
  expect(await size()).toBe("");
});

test("a question without an answer is ambiguous, whatever refused it", async () => {
  await buy();
  const order = await prepare(reduce("0.4"));
  await actor.send(order);
  fault({ on: "GET /api/v2/private/get_order_state_by_label", fault: error(10_028, "too_many_requests"), times: 1 });
  expect((await actor.query(order)).is).toBe("ambiguous");
});

test("nothing held any more: refused, read it again; outside the band: refused with its edge", async () => {
  await buy();
  const [one, two] = [await prepare(reduce("1"), "a"), await prepare(reduce("1"), "b")];
  const low = await prepare(reduce("1", "sell", "95000"), "c");
  expect(await actor.send(low)).toMatchObject({ is: "refused", remedy: "band", edge: dec("98500.0") });
  expect((await actor.send(one)).is).toBe("done");
  expect(await actor.send(two)).toMatchObject({
    is: "refused",
    remedy: "reread",
    why: { code: "deribit/answer11030" },
  });
  expect(await size()).toBe("");
  expect(await actor.prepare("d", await holding(), reduce("1"))).toMatchObject({
    failure: { code: "deribit/no-position" },
  });
});

test("an order opens only what it says that it protects another position by", async () => {
  const opens = { ...reduce("1", "sell", "99500"), reduceOnly: false } as Action;
  expect(await actor.prepare("x", await holding(), opens)).toMatchObject({
    failure: { code: "deribit/not-reduce-only" },
  });
  const hedge = await prepare({ ...opens, hedges: "theirs/cross" } as Action);
  expect(hedge.wire).toContain('"reduce_only":"false"');
  expect(await actor.send(hedge)).toMatchObject({ is: "done" });
  expect(await size()).toBe("-1");
});

test("a stop is accepted once the venue shows it; the feed sees all of it; it fires, fills, and says so", async () => {
  await buy();
  const stop = await prepare(stopAt("99000"));
  expect(await actor.send(stop)).toEqual({ is: "accepted" });
  expect(await actor.query(stop)).toEqual({ is: "accepted" });
  const [lying] = await resting();
  expect(lying).toMatchObject({
    ...{ reference: stop.reference, instrument: NAME, side: "sell", reduceOnly: true },
    trigger: { kind: "mark", when: "at-or-below", at: dec("99000") },
  } satisfies Partial<Resting>);
  expect(lying!.size === "all" ? "all" : text(lying!.size)).toBe("0.4");
  expect(lying).not.toHaveProperty("limit");
  fall("98900");
  const reply = await actor.query(stop);
  expect(reply).toMatchObject({ is: "done", flows: [{ asset: "USDC" }] });
  expect([await size(), await resting()]).toEqual(["0.6", []]);
});

test("the order that a stop became is found in the history of trigger orders where it has not the label", async () => {
  await buy();
  const stop = await prepare(stopAt("99000"));
  await actor.send(stop);
  const ask = client.privateGetGetOrderStateByLabel.bind(client);
  client.privateGetGetOrderStateByLabel = async (by: object) => {
    const answer = (await ask(by)) as { result: { order_type: string }[] };
    return { ...answer, result: answer.result.filter((each) => each.order_type.startsWith("stop")) };
  };
  expect(await actor.query(stop)).toEqual({ is: "accepted" });
  fall("98900");
  expect(await actor.query(stop)).toMatchObject({ is: "done", flows: [{ asset: "USDC" }] });
  fault({ on: "GET /api/v2/private/get_trigger_order_history", fault: error(10_028, "too_many_requests"), times: 1 });
  expect(await actor.query(stop)).toEqual({ is: "accepted" });
});

test("a stop whose acknowledgement is lost is found by its label; one that never came is not", async () => {
  await buy();
  const stop = await prepare(stopAt("99000"));
  fault({ on: SELL, fault: { kind: "lost-reply" }, times: 1 });
  expect((await actor.send(stop)).is).toBe("ambiguous");
  expect(await actor.query(stop)).toEqual({ is: "accepted" });
  const other = await prepare(stopAt("98000"), "two");
  fault({ on: SELL, fault: { kind: "disconnect", effect: false }, times: 1 });
  expect((await actor.send(other)).is).toBe("ambiguous");
  wait();
  expect(await actor.query(other)).toEqual({ is: "not-found" });
  expect(await resting()).toHaveLength(1);
});

test("an acknowledgement alone is no proof: a stop that the venue does not show is unclear", async () => {
  await buy();
  const stop = await prepare(stopAt("99000"));
  fault({
    on: "GET /api/v2/private/get_order_state_by_label",
    fault: error(13_028, "temporarily_unavailable"),
    times: 1,
  });
  expect((await actor.send(stop)).is).toBe("ambiguous");
});

// oxfmt-ignore
test.each<[string, Action, Record<string, string>]>([
  ["at market on the mark",      stopAt("99000"),                                                             { type: "stop_market", trigger: "mark_price", trigger_price: "99000" }],
  ["at a limit on the index",    stopAt("99000", { trigger: { kind: "index", when: "at-or-below", at: dec("99000") }, limit: dec("98900.5") }), { type: "stop_limit", trigger: "index_price", price: "98900.5" }],
  ["with the profit, on last",   stopAt("101000", { trigger: { kind: "last", when: "at-or-above", at: dec("101000") } }), { type: "take_market", trigger: "last_price" }],
])("a stop %s", async (_case, action, params) => {
  await buy();
  const stop = await prepare(action);
  expect(JSON.parse(stop.wire)).toMatchObject({ call: "stop", side: "sell", params });
  expect(await actor.send(stop)).toEqual({ is: "accepted" });
  const [lying] = await resting();
  const { trigger, limit } = action as Stop;
  expect(lying!.trigger).toEqual(trigger);
  expect(lying!.limit).toEqual(limit);
});

test("a stop-limit that the market runs through stays accepted, and lies as an order", async () => {
  await buy();
  const stop = await prepare(stopAt("99000", { limit: dec("98990") }));
  await actor.send(stop);
  fall("98500");
  expect(await actor.query(stop)).toEqual({ is: "accepted" });
  const [lying] = await resting();
  expect(lying).toMatchObject({ reference: stop.reference, limit: dec("98990") });
  expect(lying).not.toHaveProperty("trigger");
  expect(await size()).toBe("1");
});

test("a stop that its price has reached, or for whatever is held, is refused before or at the venue", async () => {
  await buy();
  expect(await actor.prepare("x", await holding(), stopAt("99000", { size: "all" }))).toMatchObject({
    failure: { code: "deribit/no-stop-of-all" },
  });
  const late = await prepare(stopAt("100500"));
  expect(await actor.send(late)).toMatchObject({ is: "refused", why: { facts: { known: "trigger price" } } });
});

test("cancel: a stop or an order, by the venue's id or by our label; twice does no harm", async () => {
  await buy();
  const [one, two] = [await prepare(stopAt("99000"), "a"), await prepare(stopAt("98000"), "b")];
  await actor.send(one);
  await actor.send(two);
  await client.createOrder(BTC, "limit", "buy", 0.1, 98_600);
  const [own] = (await resting()).filter(({ reference }) => reference === undefined);
  const { order: idOfOne } = (await resting()).find(({ reference }) => reference === one.reference)!;
  for (const name of [own!.order, idOfOne, two.reference]) {
    const cancel = await prepare({ do: "cancel", order: name });
    expect(await actor.query(cancel)).toEqual({ is: "not-found" });
    expect((await actor.send(cancel)).is).toBe("done");
    expect((await actor.query(cancel)).is).toBe("done");
    expect((await actor.send(cancel)).is).toBe("refused");
  }
  expect(await resting()).toEqual([]);
  expect((await actor.query(one)).is).toBe("expired");
  expect(await actor.prepare("x", await holding(), { do: "cancel", order: "77" })).toMatchObject({
    failure: { code: "deribit/no-order" },
  });
});

test("a key that can withdraw makes no message", async () => {
  const state = await holding();
  await client.close();
  await running.stop();
  await open(true);
  expect(await actor.prepare("x", state, reduce("1"))).toMatchObject({ failure: { code: "deribit/key-can-withdraw" } });
});
