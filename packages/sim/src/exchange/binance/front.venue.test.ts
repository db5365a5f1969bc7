import type { Client } from "@plimsoll/venues/binance";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { clientOf, clientsOf, keyOf, openBinance } from "./testing/binance-venue.ts";

const BTC = "BTC/USDT:USDT";
let running: RunningExchange;
let client: Client;
beforeAll(async () => {
  running = await openBinance(["alice", "hedger"]);
  const [first] = await clientsOf(running, ["alice"]);
  if (first === undefined) throw new Error("no client");
  client = first;
});
afterAll(async () => {
  await client.close();
  await running.stop();
});
/** What the venue said, as the client's error carries it. */
const codeOf = async (call: Promise<unknown>): Promise<number> => {
  const error = await call.then(
    () => new Error("it was accepted"),
    (failure: unknown) => failure,
  );
  return Number(/"code":\s*(-?\d+)/.exec(String(error))?.[1]);
};

test("the client reads its markets, tiers and prices from the venue", async () => {
  expect(Object.keys(client.markets ?? {})).toEqual(expect.arrayContaining([BTC, "ETH/USDT:USDT"]));
  expect(client.market(BTC)).toMatchObject({ linear: true, swap: true, precision: { price: 0.1, amount: 0.001 } });
  const tiers = await client.fetchLeverageTiers([BTC]);
  expect(tiers[BTC]?.[3]).toMatchObject({
    minNotional: 3_000_000,
    maxNotional: 12_000_000,
    maintenanceMarginRate: 0.01,
    maxLeverage: 50,
  });
  const funding = await client.fetchFundingRate(BTC);
  expect([funding.markPrice, funding.indexPrice, funding.fundingTimestamp]).toEqual([
    100_000,
    100_000,
    Date.UTC(2026, 0, 1, 8),
  ]);
  const book = await client.fetchOrderBook(BTC, 5);
  expect([book.bids.length, book.asks.length, book.bids[0]?.[0], book.asks[0]?.[0]]).toEqual([5, 5, 99_995, 100_005]);
});

test("orders: fill, rest, query by client id, cancel, and the history of it", async () => {
  const bought = await client.createOrder(BTC, "market", "buy", 1, undefined, { clientOrderId: "buy-one" });
  expect(bought).toMatchObject({ status: "closed", filled: 1, average: 100_005, clientOrderId: "buy-one" });
  await client.createOrder(BTC, "limit", "buy", 0.5, 99_000, { clientOrderId: "rest-one" });
  expect(await client.fetchOrder("", BTC, { origClientOrderId: "rest-one" })).toMatchObject({
    status: "open",
    price: 99_000,
    remaining: 0.5,
  });
  expect((await client.fetchOpenOrders(BTC)).map(({ clientOrderId }) => clientOrderId)).toEqual(["rest-one"]);
  await client.cancelOrder("", BTC, { origClientOrderId: "rest-one" });
  expect(await client.fetchOrder("", BTC, { origClientOrderId: "rest-one" })).toMatchObject({ status: "canceled" });
  expect(await codeOf(client.cancelOrder("", BTC, { origClientOrderId: "rest-one" }))).toBe(-2011);
  expect(await codeOf(client.fetchOrder("", BTC, { origClientOrderId: "never" }))).toBe(-2013);
  const [trade] = await client.fetchMyTrades(BTC);
  expect([trade?.amount, trade?.price, trade?.fee?.cost, trade?.takerOrMaker]).toEqual([1, 100_005, 50.0025, "taker"]);
  const income = await client.fetchLedger("USDT");
  expect(income.length).toBeGreaterThan(0);
});

test("positions and balances are the venue's exact text in info", async () => {
  const [position] = await client.fetchPositions();
  expect(position?.info).toMatchObject({
    positionAmt: "1.000",
    entryPrice: "100005.000000000000",
    unRealizedProfit: "-5.00000000",
    maintMargin: "400.00000000",
    notional: "100000.00000000",
  });
  const { info } = await client.fetchBalance();
  expect(info).toMatchObject({
    totalWalletBalance: "99949.99750000",
    totalMarginBalance: "99944.99750000",
    totalMaintMargin: "400.00000000",
    totalPositionInitialMargin: "5000.00000000",
  });
});

test("a stop through the conditional endpoint fires on mark and closes", async () => {
  await client.createOrder(BTC, "market", "sell", 1, undefined, {
    stopLossPrice: 95_000,
    closePosition: true,
    workingType: "MARK_PRICE",
    clientOrderId: "stop",
  });
  expect(
    (await client.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })).map(
      ({ clientOrderId }) => clientOrderId,
    ),
  ).toEqual(["stop"]);
  running.exchange.advance(60_000);
  running.exchange.setReference("BTCUSDT", "94900");
  expect(await client.fetchPositions()).toEqual([]);
  expect(await client.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })).toEqual([]);
  running.exchange.advance(60_000);
  running.exchange.setReference("BTCUSDT", "100000");
});

test("leverage, margin type and isolated margin move as the client asks", async () => {
  await client.setMarginMode("isolated", BTC);
  expect(await codeOf(client.fapiPrivatePostMarginType({ symbol: "BTCUSDT", marginType: "ISOLATED" }))).toBe(-4046);
  await client.setLeverage(10, BTC);
  await client.createOrder(BTC, "market", "buy", 0.1);
  const wallet = async () => (await client.fetchPositions())[0]?.info.isolatedWallet;
  expect(await wallet()).toBe("1000.05000000");
  await client.addMargin(BTC, 500);
  await client.reduceMargin(BTC, 100);
  expect(await wallet()).toBe("1400.05000000");
  const moves = await client.fapiPrivateGetPositionMarginHistory({ symbol: "BTCUSDT" });
  expect(moves.map(({ type, amount }: { type: unknown; amount: unknown }) => [Number(type), amount])).toEqual([
    [1, "500.00000000"],
    [2, "100.00000000"],
  ]);
  await client.createOrder(BTC, "market", "sell", 0.1, undefined, { reduceOnly: true });
  await client.setMarginMode("cross", BTC);
  await client.setLeverage(20, BTC);
});

test("hedge mode: both sides, and what it refuses", async () => {
  const [hedger] = await clientsOf(running, ["hedger"]);
  if (hedger === undefined) throw new Error("no client");
  await hedger.setPositionMode(true);
  expect((await hedger.fetchPositionMode(BTC)).hedged).toBe(true);
  await hedger.createOrder(BTC, "market", "buy", 1, undefined, { positionSide: "LONG" });
  await hedger.createOrder(BTC, "market", "sell", 1, undefined, { positionSide: "SHORT" });
  const sides = (await hedger.fetchPositions()).map(({ info }) => [info.positionSide, info.positionAmt]);
  expect(sides).toEqual([
    ["LONG", "1.000"],
    ["SHORT", "-1.000"],
  ]);
  expect(await codeOf(hedger.createOrder(BTC, "market", "buy", 1))).toBe(-4061);
  expect(await codeOf(hedger.createOrder(BTC, "market", "buy", 2, undefined, { positionSide: "SHORT" }))).toBe(-2022);
  await hedger.close();
});

test("adjusted brackets carry their coefficient", async () => {
  running.exchange.run({ type: "coef", account: "alice", coef: fixed("1.5") });
  const [bracket] = await client
    .fapiPrivateGetLeverageBracket({ symbol: "BTCUSDT" })
    .then((one: unknown) => [one].flat());
  expect(bracket).toMatchObject({ notionalCoef: 1.5 });
  expect(await client.fetchBalance()).toBeDefined();
  running.exchange.run({ type: "coef", account: "alice", coef: fixed("1") });
});

test("permissions of a key are told, and a key that may not trade does not", async () => {
  const other = await openBinance([], { keys: [{ ...keyOf("reader"), trade: false, withdraw: true }] });
  const [reader] = await clientsOf(other, ["reader"]);
  const rights = await reader?.sapiGetAccountApiRestrictions();
  expect(rights).toMatchObject({ enableWithdrawals: true, enableFutures: false, enableReading: true });
  expect(await codeOf(reader?.createOrder(BTC, "market", "buy", 1) ?? Promise.resolve())).toBe(-2015);
  await reader?.close();
  await other.stop();
});

test("who calls is checked: key, signature, time", async () => {
  const wrong = async (change: (one: typeof client) => void) => {
    const other = await clientOf(running, "alice");
    change(other);
    const code = await codeOf(other.fapiPrivateV3GetAccount());
    await other.close();
    return code;
  };
  expect(await wrong((one) => void (one.apiKey = "nobody"))).toBe(-2015);
  expect(await wrong((one) => void (one.secret = "other"))).toBe(-1022);
  expect(await wrong((one) => void (one.nonce = () => running.exchange.now() + 1_500))).toBe(-1021);
  expect(await wrong((one) => void (one.nonce = () => running.exchange.now() - 11_000))).toBe(-1021);
  expect(await wrong((one) => void (one.nonce = () => running.exchange.now() - 900))).toBeNaN();
});

test("a path the venue does not have is not answered with something plausible", async () => {
  expect(await codeOf(client.fapiPublicGetOpenInterest({ symbol: "BTCUSDT" }))).toBe(-5000);
});
