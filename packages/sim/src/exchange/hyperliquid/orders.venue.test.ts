import type { RunningExchange } from "@plimsoll/sim/exchange";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { BTC, type HyperliquidClient, clientOf, openHyperliquid } from "./testing/hyperliquid-venue.ts";

let running: RunningExchange;
let client: HyperliquidClient;
beforeAll(async () => {
  running = await openHyperliquid(["alice", "doomed"]);
  client = await clientOf(running, "alice");
});
afterEach(async () => {
  running.faults.clear();
  for (const { id = "" } of await client.fetchOpenOrders(BTC)) await client.cancelOrder(id, BTC);
  const { side, contracts = 0 } = (await client.fetchPositions([BTC]))[0] ?? {};
  if (contracts > 0) await client.createOrder(BTC, "market", side === "long" ? "sell" : "buy", contracts, 100_000);
});
afterAll(async () => {
  await client.close();
  await running.stop();
});

const cloid = (number: number) => `0x${number.toString(16).padStart(32, "0")}`;
const buy = (size: number, params: object = {}) => client.createOrder(BTC, "market", "buy", size, 100_000, params);
const byName = (number: number) => client.fetchOrder(cloid(number), BTC);
const held = async () => (await client.fetchPositions([BTC]))[0]?.info.position as Record<string, unknown> | undefined;
/** The venue's words for a refusal, as the client's error carries them. */
const wordsOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "it was accepted",
    (failure: unknown) => String(failure),
  );

test("a market order fills at once, and is found by its id and its owner's name with its fill", async () => {
  const bought = await buy(1, { clientOrderId: cloid(1) });
  expect(bought.info).toEqual({ filled: { totalSz: "1.0", avgPx: "100005", oid: Number(bought.id), cloid: cloid(1) } });
  expect(await client.fetchOrder(bought.id ?? "", BTC)).toMatchObject({ id: bought.id, status: "closed", filled: 1 });
  expect(await byName(1)).toMatchObject({ id: bought.id, timeInForce: "IOC" });
  const [trade] = await client.fetchMyTrades(BTC);
  expect([trade?.order, trade?.amount, trade?.price, trade?.fee?.cost]).toEqual([bought.id, 1, 100_005, 45.00225]);
  expect(trade?.info).toMatchObject({ dir: "Open Long", startPosition: "0.0", crossed: true });
  expect(await held()).toMatchObject({ szi: "1.0", positionValue: "100000.0", unrealizedPnl: "-5.0" });
});

test("a limit order rests, is found, and is cancelled once, by id or by name", async () => {
  const { id = "", info } = await client.createOrder(BTC, "limit", "buy", 0.5, 99_000);
  expect(info).toEqual({ resting: { oid: Number(id) } });
  await client.createOrder(BTC, "limit", "buy", 0.5, 98_000, { clientOrderId: cloid(2) });
  expect((await client.fetchOpenOrders(BTC)).map(({ price, remaining }) => [price, remaining])).toEqual([
    [98_000, 0.5],
    [99_000, 0.5],
  ]);
  await client.cancelOrder(id, BTC);
  expect(await client.fetchOrder(id, BTC)).toMatchObject({ status: "canceled", filled: 0 });
  expect(await wordsOf(client.cancelOrder(id, BTC))).toContain("never placed, already canceled, or filled. asset=0");
  await client.cancelOrder("", BTC, { clientOrderId: cloid(2) });
  expect(await client.fetchOpenOrders(BTC)).toEqual([]);
  expect(await wordsOf(byName(99))).toContain("unknownOid");
});

test("a name is used once, and one action may be taken and refused in part", async () => {
  const rest = (number: number, price: number) =>
    ({
      symbol: BTC,
      type: "limit",
      side: "buy",
      amount: 0.1,
      price,
      params: { clientOrderId: cloid(number) },
    }) as const;
  const words = await wordsOf(client.createOrders([rest(3, 99_000), rest(3, 98_000)]));
  expect(words).toContain(`{"resting":{"oid":`);
  expect(words).toContain(`Duplicate cloid ${cloid(3)}. asset=0`);
  expect((await client.fetchOpenOrders(BTC)).map(({ price }) => price)).toEqual([99_000]);
});

test("reduce-only: as limit and market it closes, without or along a position it is refused", async () => {
  const sell = (type: "limit" | "market", size: number, price: number) =>
    client.createOrder(BTC, type, "sell", size, price, { reduceOnly: true });
  const REFUSED = "Reduce only order would increase position. asset=0";
  expect(await wordsOf(sell("market", 0.1, 100_000))).toContain(REFUSED);
  await buy(0.2);
  expect(await wordsOf(buy(0.1, { reduceOnly: true }))).toContain(REFUSED);
  const { id = "" } = await sell("limit", 0.1, 101_000);
  expect(await client.fetchOrder(id, BTC)).toMatchObject({ reduceOnly: true, status: "open" });
  await client.cancelOrder(id, BTC);
  expect(await wordsOf(sell("limit", 0.00005, 101_000))).toContain("Order must have minimum value of $10. asset=0");
  // more than is held: it closes and does not turn
  const closing = await sell("market", 0.5, 100_000);
  expect(await client.fetchOrder(closing.id ?? "", BTC)).toMatchObject({ filled: 0.2, status: "canceled" });
  expect(await held()).toBeUndefined();
});

test("a reduce-only stop waits, fires on mark under one id, and closes", async () => {
  await buy(0.3);
  const stop = (stopLossPrice: number, number: number) =>
    client.createOrder(BTC, "market", "sell", 0.3, stopLossPrice, {
      stopLossPrice,
      reduceOnly: true,
      clientOrderId: cloid(number),
    });
  const [first, second] = [await stop(95_000, 4), await stop(94_000, 5)];
  expect(await wordsOf(stop(101_000, 6))).toContain("Invalid TP/SL price. asset=0");
  expect(await byName(4)).toMatchObject({
    id: first.id,
    status: "open",
    reduceOnly: true,
    triggerPrice: 95_000,
    stopLossPrice: 95_000,
  });
  expect((await client.fetchOpenOrders(BTC)).map(({ id }) => id)).toEqual([second.id, first.id]);
  await client.cancelOrder(second.id ?? "", BTC);
  running.exchange.advance(60_000);
  running.exchange.setReference("BTC", "94900");
  expect(await byName(4)).toMatchObject({ id: first.id, status: "closed", filled: 0.3, reduceOnly: true });
  expect((await byName(5)).status).toBe("canceled");
  expect((await client.fetchMyTrades(BTC)).at(-1)?.order).toBe(first.id);
  expect(await held()).toBeUndefined();
  running.exchange.setReference("BTC", "100000");
  running.exchange.advance(60_000);
});

test("a take-profit of the whole position is placed without a size and takes all there is when it fires", async () => {
  await buy(0.3);
  await client.createOrder(BTC, "market", "buy", 0.3, 100_000, {
    grouping: "positionTpsl",
    takeProfit: { triggerPrice: 105_000 },
  });
  const [order] = await client.fetchOpenOrders(BTC);
  expect(order?.info).toMatchObject({ isPositionTpsl: true, orderType: "Take Profit Market", sz: "0.0", side: "A" });
  await buy(0.2);
  running.exchange.advance(60_000);
  running.exchange.setReference("BTC", "105100");
  expect(await client.fetchOrder(order?.id ?? "", BTC)).toMatchObject({ status: "closed", filled: 0.5 });
  running.exchange.setReference("BTC", "100000");
  running.exchange.advance(60_000);
});

test("off the venue's grid, too far, too small, or with nobody to meet: refused", async () => {
  const raw = (p: string, s: string, tif: string) => {
    const action = {
      type: "order",
      orders: [{ a: 0, b: true, p, s, r: false, t: { limit: { tif } } }],
      grouping: "na",
    };
    const nonce = client.incrementingNonce();
    return wordsOf(client.privatePostExchange({ action, nonce, signature: client.signL1Action(action, nonce) }));
  };
  expect(await raw("99000.5", "0.1", "Gtc")).toContain("Order has invalid price. asset=0");
  expect(await raw("99000", "0.000001", "Gtc")).toContain("Order has invalid size. asset=0");
  expect(await raw("99000", "0", "Gtc")).toContain("Order has zero size. asset=0");
  expect(await raw("99000", "0.0001", "Gtc")).toContain("Order must have minimum value of $10. asset=0");
  expect(await raw("190000", "0.1", "Gtc")).toContain("more than 80% away from the reference price");
  expect(await raw("99000", "0.1", "Ioc")).toContain("could not immediately match against any resting orders. asset=0");
  expect(await raw("101000", "0.1", "Alo")).toContain("Post only order would have immediately matched");
  expect(await raw("99000", "1000", "Gtc")).toContain("Insufficient margin to place order. asset=0");
  expect(await client.fetchOpenOrders(BTC)).toEqual([]);
});

test("a reply that is lost: the name finds out what became of the order", async () => {
  running.faults.add({ on: "POST /exchange/order", fault: { kind: "disconnect", effect: true }, times: 1 });
  expect(await wordsOf(buy(0.1, { clientOrderId: cloid(7) }))).not.toBe("it was accepted");
  expect(await byName(7)).toMatchObject({ status: "closed", filled: 0.1 });
});

test("a call that is processed twice happens once: its nonce is used", async () => {
  running.faults.add({ on: "POST /exchange/order", fault: { kind: "doubled", answer: "second" }, times: 1 });
  expect(await wordsOf(buy(0.1))).toContain("Invalid nonce: duplicate nonce");
  expect(await held()).toMatchObject({ szi: "0.1" });
});

test("a liquidation is told as what it is", async () => {
  const doomed = await clientOf(running, "doomed");
  await doomed.createOrder(BTC, "limit", "buy", 12, 100_500);
  running.exchange.setReference("BTC", "92000");
  const forced = (await doomed.fetchMyTrades(BTC)).filter(({ info }) => info.liquidation !== undefined);
  expect(forced.length).toBeGreaterThan(0);
  expect(forced[0]?.info).toMatchObject({
    side: "A",
    dir: "Close Long",
    liquidation: { liquidatedUser: doomed.walletAddress },
  });
  await doomed.close();
  running.exchange.setReference("BTC", "100000");
  running.exchange.advance(60_000);
});
