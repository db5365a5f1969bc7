import type { ExchangeFeed } from "@plimsoll/venues/wire";
import type { Action, Actor, Holding, Prepared } from "@plimsoll/core/book";
import { accountKey, assetId, dec, holdingId, text, toNumber } from "@plimsoll/core/units";
import { type FaultRule, type RunningExchange, failed503, fixed, listings, unknown503 } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { afterEach, beforeEach, expect, test } from "vitest";
import { binanceActor } from "./act.ts";
import { binanceClient } from "./client.ts";
import { binanceFeed } from "./feed.ts";
import type { Body } from "./holding.ts";
import { binance } from "./index.ts";
import { askPermission } from "./key-permission.ts";
import { type Client, wireOf } from "./transport.ts";

let running: RunningExchange;
let client: Client;
let actor: Actor;
let feed: ExchangeFeed;
const BTC = "BTC/USDT:USDT";

beforeEach(async () => {
  running = await startBinance({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 7n,
    startAt: Date.UTC(2026, 10, 22),
    keys: [{ account: "me", key: "key", secret: "secret" }],
  });
  running.exchange.deposit("me", "USDT", "100000");
  const login = { key: "key", secret: "secret", localPort: running.port };
  client = await binanceClient({ ...login, clock: () => running.exchange.now() });
  actor = binanceActor(client);
  feed = binanceFeed(client, { holding: holdingId("mine") });
});
afterEach(async () => {
  await client.close();
  await running.stop();
});

async function holding(): Promise<Holding> {
  const read = await feed.snapshot();
  if (!read.ok) throw new Error(`${read.failure.code} ${JSON.stringify(read.failure.facts)}`);
  return read.value.find((event) => event.type === "holding")!.holding;
}
const bodyOf = (read: Holding) => read.body as Body;
async function prepare(action: Action, key = "one"): Promise<Prepared> {
  const made = await actor.prepare(key, await holding(), action);
  if (!made.ok) throw new Error(made.failure.code);
  return made.value;
}
const reduce = (size: string, side: "buy" | "sell" = "sell", limit = "99000"): Action => ({
  do: "order",
  instrument: "BTCUSDT",
  side,
  size: dec(size),
  limit: dec(limit),
  reduceOnly: true,
});
const fault = (rule: FaultRule) => running.faults.add(rule);
const size = async () =>
  bodyOf(await holding())
    .positions.map((each) => text(each.size))
    .join();

// oxfmt-ignore
test.each<[string, FaultRule["fault"], sent: string, asked: string, left: string]>([
  ["503 unknown, with effect",    unknown503(true),                              "ambiguous", "done",      "0.600"],
  ["503 unknown, without effect", unknown503(false),                             "ambiguous", "not-found", "1.000"],
  ["503 failed",                  failed503,                                     "refused",   "not-found", "1.000"],
  ["overload lets it pass",       { kind: "overload" },                          "done",      "done",      "0.600"],
  ["reduce-only refused",         { kind: "error", status: 400, code: -2022, msg: "ReduceOnly Order is rejected.", effect: false }, "refused", "not-found", "1.000"],
])("%s", async (_case, rule, sent, asked, left) => {
  await client.createOrder(BTC, "market", "buy", 1);
  const order = await prepare(reduce("0.4"));
  fault({ on: "POST /fapi/v1/order", fault: rule, times: 1 });
  expect((await actor.send(order)).is).toBe(sent);
  expect((await actor.query(order)).is).toBe(asked);
  expect(await size()).toBe(left);
});

test("a question without an answer is ambiguous, whatever refused it", async () => {
  await client.createOrder(BTC, "market", "buy", 1);
  const order = await prepare(reduce("0.4"));
  await actor.send(order);
  fault({ on: "GET /fapi/v1/order", fault: failed503, times: 1 });
  expect((await actor.query(order)).is).toBe("ambiguous");
});

test("more than is held, or nothing held: the venue's reduce-only is the second defence", async () => {
  await client.createOrder(BTC, "market", "buy", 1);
  const [late, later] = [await prepare(reduce("1"), "a"), await prepare(reduce("1"), "b")];
  expect((await actor.send(late)).is).toBe("done");
  expect(await actor.send(later)).toMatchObject({ is: "refused", why: { code: "binance/answer-2022" } });
  expect(await size()).toBe("");
});

test("cancel: by the venue's id or by our reference; twice does no harm", async () => {
  await client.createOrder(BTC, "limit", "buy", 1, 97_000);
  const { orders } = bodyOf(await holding());
  const cancel = await prepare({ do: "cancel", order: orders[0]!.id });
  expect(await actor.query(cancel)).toEqual({ is: "not-found" });
  expect((await actor.send(cancel)).is).toBe("done");
  expect((await actor.query(cancel)).is).toBe("done");
  expect(await actor.send(cancel)).toMatchObject({ is: "refused", why: { code: "binance/answer-2011" } });
  const ours = await prepare({ do: "cancel", order: "pl.BTCUSDT.0123456789abcdef" });
  expect((await actor.send(ours)).is).toBe("refused");
  expect(await actor.prepare("x", await holding(), { do: "cancel", order: "77" })).toMatchObject({
    ok: false,
    failure: { code: "binance/no-order" },
  });
});

const move = (amount: string, inward = true): Action => {
  const [from, to] = ["cross:USDT", "BTCUSDT:BOTH"].map(accountKey) as [
    ReturnType<typeof accountKey>,
    ReturnType<typeof accountKey>,
  ];
  return {
    do: "move-margin",
    from: inward ? from : to,
    to: inward ? to : from,
    asset: assetId("USDT"),
    amount: dec(amount),
  };
};
const openIsolated = async () => {
  await client.setMarginMode("isolated", BTC);
  await client.createOrder(BTC, "market", "buy", 1);
};
test("two equal margin moves after the message was made cannot be told apart", async () => {
  await openIsolated();
  const twice = await prepare(move("100"));
  fault({ on: "POST /fapi/v1/positionMargin", fault: { kind: "doubled", answer: "second" }, times: 1 });
  expect((await actor.send(twice)).is).toBe("done");
  expect(await actor.query(twice)).toMatchObject({ is: "ambiguous", why: { code: "binance/margin-move-unclear" } });
});

test("a client made from settings reads and acts on its own clock", async () => {
  await client.createOrder(BTC, "market", "buy", 1);
  const made = await binanceClient({
    key: "key",
    secret: "secret",
    localPort: running.port,
    clock: () => running.exchange.now(),
  });
  const read = await binanceFeed(made, { holding: holdingId("mine") }).snapshot();
  if (!read.ok) throw new Error(read.failure.code);
  const other = binanceActor(made);
  const order = await other.prepare("k", read.value.find((event) => event.type === "holding")!.holding, reduce("1"));
  if (!order.ok) throw new Error(order.failure.code);
  expect((await other.send(order.value)).is).toBe("done");
  expect(await askPermission(wireOf(made))).toMatchObject({
    is: "said",
    withdraws: false,
    trades: true,
    ipBound: false,
  });
  await made.close();
});

test.each(["cross", "isolated"])("the engine books a %s fill as the venue does, to the last digit", async (mode) => {
  if (mode === "isolated") await client.setMarginMode(mode, BTC);
  await client.createOrder(BTC, "market", "buy", 1);
  const before = await holding();
  const terms = binance.terms[0]!;
  const scene = { now: before.asOf, quotes: new Map(), terms };
  const reply = await actor.send(await prepare(reduce("0.333")));
  expect(reply.is).toBe("done");
  const [trade] = (await client.fapiPrivateGetUserTrades({ symbol: "BTCUSDT" })).slice(-1) as Record<string, string>[];
  const fill = {
    symbol: "BTCUSDT",
    positionSide: "BOTH",
    side: "sell",
    size: dec(trade!["qty"]!),
    price: dec(trade!["price"]!),
    fee: [{ asset: "USDT", amount: dec(trade!["commission"]!) }],
  };
  const booked = binance.engine.apply(before, { was: "fill", body: fill }, scene);
  if (!booked.ok) throw new Error(booked.failure.code);
  const [ours, theirs] = [bodyOf(booked.value), bodyOf(await holding())];
  const wallets = ({ wallets: [pool], positions: [held] }: Body) => [
    toNumber(pool!.cross),
    held!.margin.mode === "isolated" ? toNumber(held!.margin.wallet) : 0,
    toNumber(held!.size),
    toNumber(held!.entry),
  ];
  for (const [index, value] of wallets(ours).entries())
    expect(Math.abs(value - wallets(theirs)[index]!)).toBeLessThanOrEqual(1.5e-8);
});
