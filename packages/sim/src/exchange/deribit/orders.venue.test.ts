// The real ccxt client places, queries and cancels at the simulated venue.
import { type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BTC, BTC_NAME, type DeribitClient, clientOf, codeOf, openDeribit } from "./testing/deribit-venue.ts";

let running: RunningExchange;
let client: DeribitClient;
beforeEach(async () => {
  running = await openDeribit(["me"]);
  client = await clientOf(running, "me");
});
afterEach(async () => {
  await client.close();
  await running.stop();
});

type Row = Record<string, unknown>;
const rows = async (answer: Promise<unknown>) => ((await answer) as { result: Row[] }).result;
const byLabel = (label: string) => rows(client.privateGetGetOrderStateByLabel({ currency: "USDC", label }));
const held = async () => (await client.fetchPositions([BTC])).map(({ info }) => info["size"]).join();
const stop = (type: string, trigger: string, params = {}) =>
  client.privateGetSell({
    ...{ instrument_name: BTC_NAME, amount: "0.4", type, reduce_only: "true", label: "stop" },
    ...{ trigger: "mark_price", trigger_price: trigger },
    ...params,
  });

test("a resting order: open, found by id, label and list, cancelled once", async () => {
  const placed = await client.createOrder(BTC, "limit", "buy", 0.5, 99_000, { label: "mine" });
  expect(placed.status).toBe("open");
  expect((await client.fetchOpenOrders(BTC)).map(({ id }) => id)).toEqual([placed.id]);
  expect(await byLabel("mine")).toMatchObject([
    { order_id: placed.id, order_state: "open", price: "99000", amount: "0.5" },
  ]);
  expect((await client.cancelOrder(String(placed.id))).status).toBe("canceled");
  expect((await client.fetchOrder(String(placed.id))).status).toBe("canceled");
  expect(await codeOf(client.cancelOrder(String(placed.id)))).toBe(11_044);
  expect(await codeOf(client.cancelOrder("USDC-77"))).toBe(10_004);
  expect(await client.fetchOpenOrders(BTC)).toEqual([]);
});

test("an order that fills answers with its trades, and they are found by order", async () => {
  const filled = await client.createOrder(BTC, "market", "buy", 1, undefined, { label: "in" });
  expect(filled).toMatchObject({ status: "closed", filled: 1, average: 100_005 });
  expect(filled.trades).toHaveLength(1);
  const trades = await rows(client.privateGetGetUserTradesByOrder({ order_id: filled.id }));
  expect(trades).toMatchObject([
    { price: "100005", amount: "1", fee: "50.0025", fee_currency: "USDC", profit_loss: "0" },
  ]);
});

test("labels are not unique: both orders answer to one", async () => {
  for (const price of [99_000, 98_900]) await client.createOrder(BTC, "limit", "buy", 0.1, price, { label: "twice" });
  expect((await byLabel("twice")).map(({ price }) => price)).toEqual(["98900", "99000"]);
  expect(await client.privateGetCancelByLabel({ label: "twice" })).toMatchObject({ result: "2" });
});

test("reduce-only: never more than the position, refused without one", async () => {
  const reduce = { reduceOnly: true };
  expect(await codeOf(client.createOrder(BTC, "market", "sell", 1, undefined, reduce))).toBe(11_030);
  await client.createOrder(BTC, "market", "buy", 1);
  expect(await codeOf(client.createOrder(BTC, "market", "buy", 1, undefined, reduce))).toBe(11_030);
  const sold = await client.createOrder(BTC, "limit", "sell", 3, 99_000, { ...reduce, timeInForce: "IOC" });
  expect([sold.status, sold.filled]).toEqual(["canceled", 1]);
  expect(await held()).toBe("");
});

// oxfmt-ignore
test.each([
  ["off the tick",        { price: 99_000.3 },                        10_043],
  ["above the band",      { side: "buy", price: 102_000 },            10_007],
  ["below the band",      { side: "sell", price: 98_000 },            10_005],
  ["off the step",        { amount: "0.0005" },                       -32_602],
  ["too large",           { side: "buy", amount: "60", price: 99_000 }, 10_009],
  ["another instrument",  { instrument_name: "BTC-NEVER" },           -32_602],
  ["too late",            { valid_until: 1 },                         13_888],
  ["a label too long",    { label: "x".repeat(65) },                  -32_602],
  ["an iceberg",          { display_amount: 1 },                      -32_602],
  ["post only that takes", { side: "buy", price: 100_100, post_only: true, reject_post_only: true }, 11_054],
  ["a trigger without its kind", { type: "stop_market", trigger_price: 99_000 },  -32_602],
  ["a trigger off the tick", { type: "stop_market", trigger: "mark_price", trigger_price: 99_000.3 }, 10_044],
  ["a trigger that is there", { type: "stop_market", trigger: "mark_price", trigger_price: 100_500 }, 11_036],
])("refused: %s", async (_case, params: Row & { side?: string }, code) => {
  const { side = "sell", ...rest } = params;
  const order = { instrument_name: BTC_NAME, amount: "1", type: "limit", price: 99_000, ...rest };
  expect(await codeOf(side === "buy" ? client.privateGetBuy(order) : client.privateGetSell(order))).toBe(code);
});

test("the band's edge stands in its refusal", async () => {
  const above = client.privateGetBuy({ instrument_name: BTC_NAME, amount: "1", price: 102_000 });
  await expect(above).rejects.toThrow("price_too_high 101500");
});

test.each([
  ["mark_price", "98990", "98990"],
  ["index_price", "99000", "99500"],
])("a stop on %s lies untriggered, then fires and both orders answer to its label", async (trigger, index, mid) => {
  await client.createOrder(BTC, "market", "buy", 1);
  await stop("stop_market", "99000", { trigger });
  const [waiting, ...others] = await byLabel("stop");
  expect(others).toEqual([]);
  expect(waiting).toMatchObject({
    order_state: "untriggered",
    order_type: "stop_market",
    trigger,
    trigger_price: "99000",
    price: "market_price",
  });
  expect(waiting!["order_id"]).toMatch(trigger === "mark_price" ? /^USDC-SLMS-/ : /^USDC-SLIS-/);
  expect(await rows(client.privateGetGetOpenOrders())).toHaveLength(1);
  running.exchange.setReference(BTC_NAME, index, mid);
  running.exchange.advance(31_000);
  const [made, from] = await byLabel("stop");
  expect(from).toMatchObject({ order_id: waiting!["order_id"], order_state: "triggered", triggered: true });
  const history = await client.request("get_trigger_order_history", "private", "GET", { currency: "USDC" });
  expect(history).toMatchObject({
    result: {
      entries: [
        {
          trigger_order_id: waiting!["order_id"],
          order_id: made!["order_id"],
          order_state: "triggered",
          request: "trigger:order",
        },
      ],
    },
  });
  expect(made).toMatchObject({ order_state: "filled", trigger_order_id: waiting!["order_id"], filled_amount: "0.4" });
  expect(await held()).toBe("0.6");
});

test("a stop on the last price is not woken by mark or index", async () => {
  await client.createOrder(BTC, "market", "buy", 1);
  await stop("stop_market", "99000", { trigger: "last_price" });
  expect(await byLabel("stop")).toMatchObject([{ trigger: "last_price" }]);
  running.exchange.setReference(BTC_NAME, "98000", "100000");
  expect(await byLabel("stop")).toMatchObject([{ order_state: "untriggered" }]);
});

test("a stop-limit becomes an order at its limit and may lie there unfilled", async () => {
  await client.createOrder(BTC, "market", "buy", 1);
  await stop("stop_limit", "99000", { price: "98990" });
  running.exchange.setReference(BTC_NAME, "98500");
  running.exchange.advance(31_000);
  const [made] = await byLabel("stop");
  expect(made).toMatchObject({ order_state: "open", order_type: "limit", price: "98990", filled_amount: "0" });
  expect(await held()).toBe("1");
});

test("a stop is cancelled like any order; one that fires without a position is rejected", async () => {
  await client.createOrder(BTC, "market", "buy", 1);
  await stop("stop_market", "99000");
  await stop("stop_market", "98900", { label: "second" });
  const [first] = await byLabel("stop");
  await client.cancelOrder(String(first!["order_id"]));
  expect(await byLabel("stop")).toMatchObject([{ order_state: "cancelled", cancel_reason: "user_request" }]);
  await client.createOrder(BTC, "market", "sell", 1, undefined, { reduceOnly: true });
  running.exchange.setReference(BTC_NAME, "98000");
  running.exchange.advance(31_000);
  expect(await byLabel("second")).toMatchObject([{ order_state: "rejected" }]);
  expect(await held()).toBe("");
});

test("more than the account can bear is liquidated in part", async () => {
  await client.createOrder(BTC, "market", "buy", 40);
  running.exchange.setReference(BTC_NAME, "98650");
  running.exchange.advance(31_000);
  const [position] = await client.fetchPositions([BTC]);
  const { trades } = running.exchange.state;
  expect(fixed(String(position!.info["size"]))).toBeGreaterThan(0n);
  expect(fixed(String(position!.info["size"]))).toBeLessThan(fixed("40"));
  expect(trades.length).toBeGreaterThan(1);
});

// oxfmt-ignore
test.each([
  // mode         opening  reducing  stop     cancel
  ["reduce-only", 11_030,  "taken",  "taken", "taken"],
  ["cancel-only", 10_012,  10_012,   10_012,  "taken"],
  ["halted",      10_012,  10_012,   10_012,  11_051],
] as const)("while the contract is %s", async (mode, opening, reducing, waiting, cancelling) => {
  await client.createOrder(BTC, "market", "buy", 1);
  const { id } = await client.createOrder(BTC, "limit", "buy", 0.5, 99_000);
  running.exchange.run({ type: "mode", mode });
  const said = async (call: Promise<unknown>) => {
    const code = await codeOf(call);
    return Number.isNaN(code) ? "taken" : code;
  };
  expect(await said(client.createOrder(BTC, "market", "buy", 1))).toBe(opening);
  expect(await said(client.createOrder(BTC, "market", "sell", 0.1, undefined, { reduceOnly: true }))).toBe(reducing);
  expect(await said(stop("stop_market", "99000"))).toBe(waiting);
  expect(await said(client.cancelOrder(String(id)))).toBe(cancelling);
});

test("an account with a position in more than one contract cancels all, or those of one", async () => {
  const place = (symbol: string, price: number) => client.createOrder(symbol, "limit", "buy", 0.1, price);
  for (const price of [99_000, 98_900]) await place(BTC, price);
  await place("ETH/USDC:USDC", 3_950);
  await client.cancelAllOrders(BTC);
  expect(await rows(client.privateGetGetOpenOrders())).toMatchObject([{ instrument_name: "ETH_USDC-PERPETUAL" }]);
  await client.cancelAllOrders();
  expect(await rows(client.privateGetGetOpenOrders())).toEqual([]);
});
