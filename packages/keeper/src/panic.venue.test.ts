import { dec, holdingId, ms, why } from "@plimsoll/core/units";
import { type RunningExchange, fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { engineOf } from "@plimsoll/venues";
import { binanceActor, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Connection } from "./connection.ts";
import { machineTimers } from "./timers.ts";
import { type PanicPorts, panic, rehearsePanic } from "./panic.ts";
import type { PanicStep } from "./panic-work.ts";

const ME = holdingId("binance:me");
let running: RunningExchange;
let client: Awaited<ReturnType<typeof binanceClient>>;
let connection: Connection;
let told: PanicStep[];

beforeEach(async () => {
  running = await startBinance({
    instruments: [listings.BTCUSDT, listings.ETHUSDT],
    prices: new Map([
      ["BTCUSDT", fixed("100000")],
      ["ETHUSDT", fixed("3000")],
    ]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 3n,
    startAt: Date.now(),
    clock: () => Date.now(),
    keys: [{ account: "me", key: "key", secret: "secret" }],
  });
  running.exchange.deposit("me", "USDT", "100000");
  client = await binanceClient({
    key: "key",
    secret: "secret",
    localPort: running.port,
    clock: () => running.exchange.now(),
  });
  client.timeout = 500;
  connection = { holding: ME, feed: binanceFeed(client, { holding: ME }), actor: binanceActor(client) };
  told = [];
});
afterEach(async () => {
  await client.close();
  await running.stop();
});

const ports = (over: Partial<PanicPorts> = {}): PanicPorts => ({
  connections: [connection],
  engineOf,
  clock: () => ms(Date.now()),
  timers: { ...machineTimers, sleep: () => machineTimers.sleep(5) },
  run: "1",
  slippages: ["0.01", "0.02", "0.03"].map(dec),
  tell: (step) => void told.push(step),
  ...over,
});
const order = (symbol: string, side: "buy" | "sell", size: string, price?: string) =>
  running.exchange.run({
    type: "order",
    account: "me",
    order: {
      ...{ symbol, side, positionSide: "BOTH", timeInForce: "GTC", size: fixed(size), reduceOnly: false, clientId: "" },
      ...(price === undefined ? { type: "MARKET", price: 0n } : { type: "LIMIT", price: fixed(price) }),
    },
  });
const stop = (size: string) =>
  running.exchange.run({
    type: "conditional",
    account: "me",
    order: {
      ...{ symbol: "BTCUSDT", side: "sell", positionSide: "BOTH", type: "STOP_MARKET", trigger: fixed("80000") },
      ...{ watches: "MARK_PRICE", size: fixed(size), reduceOnly: true, closePosition: false, clientId: "mine" },
    },
  });
const sizes = () => [...running.exchange.state.accounts.get("me")!.positions.values()].map(({ size }) => size);
const open = () => [...running.exchange.state.orders.values()].filter(({ status }) => status === "NEW");
const said = (is: PanicStep["is"]) => told.filter((step) => step.is === is).map(({ text }) => text);

test("positions are closed, orders that could open are cancelled, a stop that can only reduce stays", async () => {
  order("BTCUSDT", "buy", "1");
  order("ETHUSDT", "sell", "10");
  order("BTCUSDT", "buy", "0.5", "90000");
  stop("1");
  expect(await panic(ports())).toEqual([]);
  expect(sizes()).toEqual([]);
  expect(open()).toEqual([]);
  expect([...running.exchange.state.conditionals.values()].map(({ clientId }) => clientId)).toEqual(["mine"]);
  expect(said("cancels")).toHaveLength(1);
  expect(said("keeps")).toHaveLength(1);
  expect(said("closes").toSorted()).toEqual(["1.000 BTCUSDT", "10.000 ETHUSDT"]);
});

test("a rehearsal says what would be done and does nothing", async () => {
  order("BTCUSDT", "buy", "1");
  order("BTCUSDT", "buy", "0.5", "90000");
  expect(await rehearsePanic(ports())).toMatchObject([{ why: { code: "panic/left" } }]);
  expect([said("cancels").length, said("closes")]).toEqual([1, ["1.000 BTCUSDT"]]);
  expect([sizes(), open().length]).toEqual([[fixed("1")], 1]);
});

test("what a thin book does not take in one pass goes in the next; what is left in the end is said with its health", async () => {
  for (let bought = 0; bought < 30; bought++) {
    order("BTCUSDT", "buy", "1");
    running.exchange.run({ type: "price", symbol: "BTCUSDT", index: fixed("100000") });
  }
  const [held] = sizes();
  const left = await panic(ports({ slippages: [dec("0.0005")] }));
  const [rest] = sizes();
  expect(rest! > 0n && rest! < held!).toBe(true);
  expect(left).toMatchObject([
    { holding: ME, why: { code: "panic/left", facts: { open: expect.stringContaining("BTCUSDT") } } },
  ]);
});

test("an answer that is lost is asked for; a refusal is told and tried again; an order is never doubled", async () => {
  order("BTCUSDT", "buy", "1");
  running.faults.add({ on: "POST /fapi/v1/order", fault: { kind: "lost-reply" }, times: 1 });
  expect(await panic(ports())).toEqual([]);
  expect(sizes()).toEqual([]);
  expect(
    running.exchange.state.trades.filter(({ account, side }) => account === "me" && side === "sell").length,
  ).toBeGreaterThan(0);
});

test("a venue that takes nothing: the position is told as left, with what to do", async () => {
  order("BTCUSDT", "buy", "1");
  running.exchange.run({ type: "mode", mode: "halted" });
  expect(await panic(ports())).toMatchObject([
    { why: { facts: { open: "1.000 BTCUSDT", next: expect.stringContaining("by hand") } } },
  ]);
  expect(said("answers").length).toBeGreaterThan(0);
});

test("an account without a trade key, and one that does not answer, are told as left", async () => {
  order("BTCUSDT", "buy", "1");
  const { actor: _actor, ...mute } = connection;
  const silent: Connection = {
    holding: holdingId("silent"),
    feed: {
      snapshot: async () => ({ ok: false, failure: why("no-answer") }),
      watch: async () => async () => undefined,
    },
  };
  const left = await panic(ports({ connections: [mute, silent] }));
  expect(left.map(({ holding, why: { code } }) => [holding, code])).toEqual([
    [ME, "panic/left"],
    ["silent", "no-answer"],
  ]);
  expect(sizes()).toEqual([fixed("1")]);
});
