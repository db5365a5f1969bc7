import type { Client } from "@plimsoll/venues/binance";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Fault, type RunningExchange, failed503, unknown503 } from "@plimsoll/sim/exchange";
import { clientsOf, openBinance } from "./testing/binance-venue.ts";

const BTC = "BTC/USDT:USDT";
let running: RunningExchange;
let client: Client;
beforeAll(async () => {
  running = await openBinance(["alice"]);
  const [first] = await clientsOf(running, ["alice"]);
  if (first === undefined) throw new Error("no client");
  client = first;
  client.timeout = 300;
});
afterEach(() => running.faults.clear());
afterAll(async () => {
  await client.close();
  await running.stop();
});

const held = () =>
  [...(running.exchange.state.accounts.get("alice")?.positions.values() ?? [])].reduce(
    (sum, { size }) => sum + Number(size) / 1e8,
    0,
  );
const buy = (params: object = {}) => client.createOrder(BTC, "market", "buy", 0.01, undefined, params);
/** What a buy of 0.01 came to: what the caller saw, and how much the position really grew. */
async function buyUnder(fault: Fault): Promise<{ readonly saw: string; readonly grew: number }> {
  running.faults.add({ on: "POST /fapi/v1/order", fault, times: 1 });
  const before = held();
  const saw = await buy().then(
    ({ status }) => `order ${status}`,
    (error: unknown) => (error as Error).constructor.name,
  );
  return { saw, grew: Math.round((held() - before) * 1000) / 1000 };
}

// oxfmt-ignore
test.each<readonly [string, Fault, { readonly saw: string; readonly grew: number }]>([
  ["lost reply: it happened, nobody says so",      { kind: "lost-reply" },                       { saw: "RequestTimeout",       grew: 0.01 }],
  ["doubled: it happened twice",                   { kind: "doubled", answer: "first" },         { saw: "order closed",         grew: 0.02 }],
  ["late reply: in time",                          { kind: "late-reply", ms: 100 },              { saw: "order closed",         grew: 0.01 }],
  ["late reply: too late for the caller",          { kind: "late-reply", ms: 600 },              { saw: "RequestTimeout",       grew: 0.01 }],
  ["disconnect before the effect",                 { kind: "disconnect", effect: false },        { saw: "NetworkError",         grew: 0 }],
  ["disconnect after the effect",                  { kind: "disconnect", effect: true },         { saw: "NetworkError",         grew: 0.01 }],
  ["503 that means unknown, and it did happen",    unknown503(true),                             { saw: "OperationFailed",      grew: 0.01 }],
  ["503 that means unknown, and it did not",       unknown503(false),                            { saw: "OperationFailed",      grew: 0 }],
  ["503 that means failed",                        failed503,                                    { saw: "OperationFailed",      grew: 0 }],
  ["an error code of choice",                      { kind: "error", status: 400, code: -2019, msg: "Margin is insufficient.", effect: false }, { saw: "ExchangeError", grew: 0 }],
])("%s", async (_case, fault, expected) => {
  expect(await buyUnder(fault)).toEqual(expected);
});

test("a doubled resting order is caught by its client id, and the second answer says so", async () => {
  running.faults.add({ on: "POST /fapi/v1/order", fault: { kind: "doubled", answer: "second" }, times: 1 });
  await expect(client.createOrder(BTC, "limit", "buy", 0.01, 99_000, { clientOrderId: "twice" })).rejects.toThrow(
    "-4116",
  );
  expect((await client.fetchOpenOrders(BTC)).map(({ clientOrderId }) => clientOrderId)).toEqual(["twice"]);
  await client.cancelAllOrders(BTC);
});

test("overload lets only closing orders pass", async () => {
  await buy();
  running.faults.add({ on: "POST /fapi/v1/order", fault: { kind: "overload" } });
  await expect(buy()).rejects.toThrow("-1008");
  expect(await client.createOrder(BTC, "market", "sell", 0.01, undefined, { reduceOnly: true })).toMatchObject({
    status: "closed",
  });
});

test("forgotten ids: a closed order is unknown, and its client id works again", async () => {
  await buy({ clientOrderId: "once" });
  expect(await client.fetchOrder("", BTC, { origClientOrderId: "once" })).toMatchObject({ status: "closed" });
  running.faults.forgetClosedIds = true;
  await buy({ clientOrderId: "again" });
  await expect(client.fetchOrder("", BTC, { origClientOrderId: "again" })).rejects.toThrow("-2013");
  expect(await buy({ clientOrderId: "again" })).toMatchObject({ status: "closed" });
  await client.createOrder(BTC, "limit", "buy", 0.01, 99_000, { clientOrderId: "open" });
  expect(await client.fetchOrder("", BTC, { origClientOrderId: "open" })).toMatchObject({ status: "open" });
  await client.cancelAllOrders(BTC);
});

test("reduce-only, cancel-only and halted are modes of the venue", async () => {
  await buy();
  running.exchange.run({ type: "mode", symbol: "BTCUSDT", mode: "reduce-only" });
  await expect(buy()).rejects.toThrow("-4400");
  running.exchange.run({ type: "mode", symbol: "BTCUSDT", mode: "halted" });
  await expect(client.createOrder(BTC, "market", "sell", 0.01, undefined, { reduceOnly: true })).rejects.toThrow(
    "-4141",
  );
  running.exchange.run({ type: "mode", symbol: "BTCUSDT", mode: "normal" });
  expect(await client.createOrder(BTC, "market", "sell", 0.01, undefined, { reduceOnly: true })).toMatchObject({
    status: "closed",
  });
});

test("chance is a share of the calls, the same for the same seed", async () => {
  const failures = async () => {
    const venue = await openBinance([], { seed: 42n });
    const remove = venue.faults.add({ on: "GET /fapi/v1/ping", fault: failed503, ppm: 300_000 });
    const said = [];
    for (let call = 0; call < 100; call += 1)
      said.push((await fetch(`http://127.0.0.1:${venue.port}/fapi/v1/ping`)).status);
    remove();
    expect((await fetch(`http://127.0.0.1:${venue.port}/fapi/v1/ping`)).status).toBe(200);
    await venue.stop();
    return said;
  };
  const first = await failures();
  expect(first.filter((status) => status === 503).length).toBeGreaterThan(15);
  expect(first.filter((status) => status === 503).length).toBeLessThan(45);
  expect(await failures()).toEqual(first);
});
