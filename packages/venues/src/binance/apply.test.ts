import type { Action, Effect, VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, accountKey, assetId, dec, ok, text, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type Body, positionName } from "./holding.ts";
import { margin } from "./margin.ts";
import { readEffect } from "./read-effect.ts";
import { CROSS, LONG, MARKS, bodyOf, position, sceneOf } from "./testing.ts";

const refusal = (applied: Result<Body, Why>) => (applied.ok ? "accepted" : applied.failure.code);
const order = (more: Partial<Extract<Action, { do: "order" }>> = {}): Action => ({
  do: "order",
  instrument: "BTCUSDT",
  side: "sell",
  size: dec("0.5"),
  limit: dec("99000"),
  reduceOnly: true,
  ...more,
});

// oxfmt-ignore
test.each([
  ["as it should be",         {},                                          "accepted"],
  ["not reduce-only",         { reduceOnly: false },                       "binance/not-reduce-only"],
  ["the adding side",         { side: "buy" },                             "binance/wrong-side"],
  ["more than is held",       { size: dec("1.001") },                      "binance/closes-too-much"],
  ["off the size step",       { size: dec("0.0015") },                     "binance/size-off-step"],
  ["nothing",                 { size: dec("0") },                          "binance/size-off-step"],
  ["below 0",                 { size: dec("-0.5") },                       "binance/size-off-step"],
  ["a limit off the tick",    { limit: dec("99000.05") },                  "binance/limit-off-tick"],
  ["no limit",                { limit: dec("0") },                         "binance/limit-off-tick"],
  ["no such position",        { instrument: "ETHUSDT" },                   "binance/no-position"],
  ["no such symbol",          { instrument: "PEPEUSDT" },                  "binance/no-tiers"],
  ["a small notional",        { size: dec("0.001"), limit: dec("90000") }, "accepted"],
] as const)("an order in one-way mode: %s", (_case, more, code) => {
  expect(refusal(margin.apply(LONG, order(more), sceneOf(MARKS)))).toBe(code);
});

test("hedge mode: the side names the position, and a small order must close it whole", () => {
  const pair = bodyOf("20000", [
    position("BTCUSDT", "1", "100000", { side: "LONG" }),
    position("BTCUSDT", "-0.001", "100000", { side: "SHORT" }),
  ]);
  const sizes = (body: Body) => body.positions.map((each) => `${positionName(each)} ${toNumber(each.size)}`);
  const sold = margin.apply(pair, order(), sceneOf(MARKS));
  expect(sold.ok && sizes(sold.value)).toEqual(["BTCUSDT:LONG 0.5", "BTCUSDT:SHORT -0.001"]);
  const bought = margin.apply(pair, order({ side: "buy", size: dec("0.001"), limit: dec("90000") }), sceneOf(MARKS));
  expect(bought.ok && sizes(bought.value)).toEqual(["BTCUSDT:LONG 1"]);
  expect(refusal(margin.apply(pair, order({ size: dec("0.001") }), sceneOf(MARKS)))).toBe("binance/notional-too-small");
});

test("an order is booked at its limit, the worst it allows, with the taker fee", () => {
  const sold = margin.apply(LONG, order(), sceneOf(MARKS));
  // -500 realised on 0.5, fee 0.5 * 99,000 * 0.05 % = 24.75
  expect(sold.ok && text(sold.value.wallets[0]!.cross)).toBe("19475.25000000");
});

test("an isolated position gives back its share of margin with the closed part", () => {
  const body = bodyOf("100", [position("BTCUSDT", "1", "100000", { wallet: "8000" })]);
  const sold = margin.apply(body, order(), sceneOf(MARKS));
  if (!sold.ok) throw new Error(sold.failure.code);
  // 8,000 / 2 stays; 4,000 - 500 - 24.75 comes back
  expect(sold.value.positions[0]!.margin).toEqual({ mode: "isolated", wallet: dec("4000.00000000") });
  expect(text(sold.value.wallets[0]!.cross)).toBe("3575.25000000");
});

test("moving margin: both ways, no more than is free, only between a pool and an isolated position", () => {
  const body = bodyOf("1000", [position("BTCUSDT", "1", "100000", { wallet: "8000" })]);
  const move = (from: string, to: string, amount: string) =>
    margin.apply(
      body,
      { do: "move-margin", from: accountKey(from), to: accountKey(to), asset: assetId("USDT"), amount: dec(amount) },
      sceneOf(MARKS),
    );
  const inward = move("cross:USDT", "BTCUSDT:BOTH", "1000");
  expect(inward.ok && inward.value.positions[0]!.margin).toMatchObject({ wallet: dec("9000") });
  expect(refusal(move("cross:USDT", "BTCUSDT:BOTH", "1000.00000001"))).toBe("binance/margin-insufficient");
  // 8,000 less initial margin 5,000
  expect(refusal(move("BTCUSDT:BOTH", "cross:USDT", "3000"))).toBe("accepted");
  expect(refusal(move("BTCUSDT:BOTH", "cross:USDT", "3000.00000001"))).toBe("binance/margin-insufficient");
  expect(refusal(move("cross:USDT", "cross:USDT", "1"))).toBe("binance/no-such-move");
  expect(refusal(move("cross:USDT", "ETHUSDT:BOTH", "1"))).toBe("binance/no-account");
  expect(refusal(move("cross:USDT", "BTCUSDT:BOTH", "-1"))).toBe("binance/bad-amount");
  expect(refusal(move("cross:USDT", "BTCUSDT:BOTH", "0.000000001"))).toBe("binance/bad-amount");
});

test("profit not yet realised may back positions but cannot be moved out of the pool", () => {
  const body = bodyOf("1000", [
    position("BTCUSDT", "1", "50000", { leverage: "100" }),
    position("ETHUSDT", "1", "4000", { wallet: "400" }),
  ]);
  const move = (amount: string) =>
    margin.apply(
      body,
      { do: "move-margin", from: CROSS, to: accountKey("ETHUSDT:BOTH"), asset: assetId("USDT"), amount: dec(amount) },
      sceneOf(MARKS),
    );
  // free is 1,000 + 50,000 - 1,000
  expect(refusal(move("1000"))).toBe("accepted");
  expect(move("1000.00000001")).toMatchObject({
    failure: { code: "binance/margin-insufficient", facts: { free: "1000" } },
  });
});

test("cancel takes the order out; its margin is free when it was the last", () => {
  const orders = ["1", "2"].map((id) => ({ id, symbol: "BTCUSDT", positionSide: "BOTH" as const }));
  const body: Body = { ...LONG, orders, wallets: [{ asset: "USDT", cross: dec("20000"), orderMargin: dec("70") }] };
  const one = margin.apply(body, { do: "cancel", order: "1" }, sceneOf(MARKS));
  if (!one.ok) throw new Error(one.failure.code);
  expect(toNumber(one.value.wallets[0]!.orderMargin)).toBe(70);
  const two = margin.apply(one.value, { do: "cancel", order: "2" }, sceneOf(MARKS));
  expect(two.ok && toNumber(two.value.wallets[0]!.orderMargin)).toBe(0);
  expect(refusal(margin.apply(body, { do: "cancel", order: "3" }, sceneOf(MARKS)))).toBe("binance/no-order");
});

/** The holding after an effect as the outside tells it: read, then applied. */
function done(body: Body, effect: Effect): Result<Body, Why> {
  const known = "was" in effect ? readEffect(effect) : ok(effect);
  return known.ok ? margin.apply(body, known.value, sceneOf(MARKS)) : known;
}

test.each<[string, Effect]>([
  ["supply", { do: "supply", asset: assetId("USDT"), amount: "all" }],
  ["redemption", { was: "redemption", body: {} }],
  ["a fill without figures", { was: "fill", body: {} }],
  [
    "a fill with a damaged price",
    {
      was: "fill",
      body: {
        symbol: "BTCUSDT",
        positionSide: "BOTH",
        side: "sell",
        size: { digits: "1", scale: 0 },
        price: { digits: "1x", scale: 0 },
        fee: [],
      },
    },
  ],
])("%s is refused, not ignored", (_case, effect) => {
  expect(done(LONG, effect).ok).toBe(false);
});

test("what the venue did: fills, funding, deleveraging", () => {
  const apply = (effect: VenueEffect) => done(LONG, effect);
  const trade = {
    symbol: "BTCUSDT",
    positionSide: "BOTH",
    side: "sell",
    size: dec("1"),
    price: dec("101000"),
    fee: [],
  };
  const fill = apply({ was: "fill", body: trade });
  expect(fill.ok && text(fill.value.wallets[0]!.cross)).toBe("21000.00000000");
  expect(fill.ok && fill.value.positions).toEqual([]);
  expect(apply({ was: "adl", body: trade })).toEqual(fill);
  const paid = apply({ was: "funding", body: { asset: "USDT", amount: dec("-12.5") } });
  expect(paid.ok && text(paid.value.wallets[0]!.cross)).toBe("19987.50000000");
  // a settlement at a rate: 1 BTC at 100,000 pays 0.03 %, whatever else is held stays
  const settled = apply({ was: "funding", body: { symbol: "BTCUSDT", rate: dec("0.0003") } });
  expect(settled.ok && text(settled.value.wallets[0]!.cross)).toBe("19970.00000000");
  const other = apply({ was: "funding", body: { symbol: "ETHUSDT", rate: dec("0.0003") } });
  expect(other.ok ? text(other.value.wallets[0]!.cross) : other.failure.code).not.toBe("19970.00000000");
});

test("an average entry is rounded against the owner", () => {
  const twoPrices = (side: "buy" | "sell") => {
    const fill = (size: string, price: string) => ({
      symbol: "BTCUSDT",
      positionSide: "BOTH",
      side,
      size: dec(size),
      price: dec(price),
      fee: [],
      opens: { asset: "USDT", isolated: false },
    });
    const first = done(bodyOf("1000", []), { was: "fill", body: fill("1", "10") });
    const both = first.ok ? done(first.value, { was: "fill", body: fill("2", "11") }) : first;
    return both.ok && text(both.value.positions[0]!.entry);
  };
  expect(twoPrices("buy")).toBe("10.666666666666666667");
  expect(twoPrices("sell")).toBe("10.666666666666666666");
});
