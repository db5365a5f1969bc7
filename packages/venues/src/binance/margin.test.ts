import type { Action, Effect, VenueEffect } from "@plimsoll/core/book";
import type { Market } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  accountKey,
  assetId,
  dec,
  ms,
  ok,
  rescale,
  text,
  toNumber,
} from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type Body, positionName } from "./holding.ts";
import { margin } from "./margin.ts";
import { initialMargin, maintenance, profit } from "./position.ts";
import { readEffect } from "./read-effect.ts";
import { NOW, SNAPSHOT, T, bodyOf, position, sceneOf, tier, withTiers } from "./testing.ts";

const CROSS = accountKey("cross:USDT");
const MARKS = { BTCUSDT: "100000", ETHUSDT: "4000" };
const long = bodyOf("20000", [position("BTCUSDT", "1", "100000")]);

const assessed = (body: Body, marks: Readonly<Record<string, string>>, terms = SNAPSHOT, account = CROSS) =>
  margin.assess(body, account, sceneOf(marks, terms));
const line = (
  body: Body,
  name: "maintenance" | "initial",
  marks: Readonly<Record<string, string>> = MARKS,
  account = CROSS,
) => assessed(body, marks, SNAPSHOT, account).lines.find((each) => each.name === name)!;

// source: position rows of the venue's documentation of GET /fapi/v3/positionRisk (2026); leverage 20, first tier
// oxfmt-ignore
test.each([
  ["ADAUSDT long",   "30",      "0.385",     "0.41047590",   "0.0065",  "0.76427700",   "0.08004280",  "0.61571385"],
  ["COMPUSDT short", "-1.000",  "70.92841",  "49.72023376",  "0.01",    "21.20817624",  "0.49720233",  "2.48601168"],
])("venue-produced: %s, margins cut at 8 decimals", (_case, size, entry, mark, rate, unrealized, maint, initial) => {
  const priced = {
    position: position("X", size, entry),
    terms: { ...SNAPSHOT.symbols["BTCUSDT"]!, tiers: [tier("0", "10000", rate, "0", "1")] },
    mark: dec(mark),
  };
  const printed = (value: Exact) => text(rescale(value, 8, "down"));
  expect(printed(profit(priced))).toBe(unrealized);
  expect(printed(maintenance(priced))).toBe(maint);
  expect(printed(initialMargin(priced)!)).toBe(initial);
});

// oxfmt-ignore
test.each([
  ["one unit below a tier",  "299999.99",  "1199.99996"],
  ["on the tier",            "300000",     "1200"],
  ["one unit above",         "300000.01",  "1200.00005"],
])("maintenance is continuous across a boundary: %s", (_case, mark, required) => {
  const body = bodyOf("20000", [position("BTCUSDT", "1", "300000")]);
  const found = assessed(body, { BTCUSDT: mark }, withTiers(T)).lines.find(({ name }) => name === "maintenance")!;
  expect(toNumber(found.required)).toBe(Number(required));
});

test("a margin ratio of exactly 100 % is crossed, one unit more equity is not", () => {
  // maintenance of 1 BTC at 100,000 in the lowest tier: 400
  const at = (wallet: string) => line(bodyOf(wallet, [position("BTCUSDT", "1", "100000")]), "maintenance");
  expect(at("400")).toMatchObject({ crossed: true, strict: false });
  expect(toNumber(at("400").health)).toBe(1);
  expect(at("400.00000001").crossed).toBe(false);
  expect(at("399.99999999").crossed).toBe(true);
});

test("free of a pool is equity less initial margin of positions and orders, never below 0", () => {
  const orders = { wallets: [{ asset: "USDT", cross: dec("20000"), orderMargin: dec("1000") }] };
  const free = (body: Body, marks = MARKS) => {
    const figure = assessed(body, marks).free;
    return figure.is === "known" ? toNumber(figure.value) : figure.is;
  };
  expect(free(long)).toBe(15_000);
  expect(free({ ...long, ...orders })).toBe(14_000);
  expect(free(long, { ...MARKS, BTCUSDT: "80000" })).toBe(0);
  expect(line({ ...long, ...orders }, "initial").crossed).toBe(false);
  expect(line(long, "initial", { ...MARKS, BTCUSDT: "80000" }).crossed).toBe(true);
});

test("removable margin of an isolated position leaves out profit not yet realised", () => {
  const body = bodyOf("0", [position("BTCUSDT", "1", "90000", { wallet: "4500" })]);
  const figure = assessed(body, MARKS, SNAPSHOT, accountKey("BTCUSDT:BOTH")).free;
  // equity 14,500 less initial 5,000 would be 9,500; the wallet has 4,500
  expect(figure.is === "known" && toNumber(figure.value)).toBe(4_500);
});

test("hedge mode: isolated sides are accounts of their own, cross sides share the pool", () => {
  const body = bodyOf("1000", [
    position("BTCUSDT", "1", "100000", { side: "LONG", wallet: "500" }),
    position("BTCUSDT", "-1", "100000", { side: "SHORT", wallet: "700" }),
    position("ETHUSDT", "2", "4000", { side: "LONG" }),
    position("ETHUSDT", "-2", "4000", { side: "SHORT" }),
  ]);
  expect(margin.accounts(body)).toEqual(["cross:USDT", "BTCUSDT:LONG", "BTCUSDT:SHORT"]);
  expect(toNumber(line(body, "maintenance", MARKS, accountKey("BTCUSDT:LONG")).surplus)).toBe(100);
  expect(toNumber(line(body, "maintenance", MARKS, accountKey("BTCUSDT:SHORT")).surplus)).toBe(300);
  // no netting: both ETH sides are charged 0.4 % of 8,000
  expect(toNumber(line(body, "maintenance").required)).toBe(64);
});

const nowhere = assessed(long, {});
test("a missing mark, a symbol without tiers, another margin asset: unknown with the reason, never zero", () => {
  const odd = bodyOf("20000", [position("PEPEUSDT", "1", "1")]);
  const other = {
    ...long,
    positions: [{ ...long.positions[0]!, asset: "USDC" }],
    wallets: [{ ...long.wallets[0]!, asset: "USDC" }],
  };
  const indexed = sceneOf(MARKS);
  const quotes = new Map([...indexed.quotes].map(([key, quote]) => [key, { ...quote, kind: "index" as const }]));
  const found = [
    nowhere,
    assessed(odd, { PEPEUSDT: "1" }),
    assessed(other, MARKS, SNAPSHOT, accountKey("cross:USDC")),
    margin.assess(long, CROSS, { ...indexed, quotes }),
  ];
  const codes = found.map(({ equity, free, lines }) => {
    expect(lines).toEqual([]);
    expect(free.is).toBe("unknown");
    return equity.is === "unknown" ? equity.why.code : equity.is;
  });
  expect(codes).toEqual(["binance/no-mark", "binance/no-tiers", "binance/other-asset", "binance/no-mark"]);
  expect(margin.compile(long, CROSS, sceneOf({}), "maintenance")).toHaveProperty("unknown");
  expect(margin.liquidate(long, CROSS, sceneOf({}), NO_MARKET, "worst-for-owner")).toEqual([]);
});

test("without leverage initial margin is unknown, maintenance stays known", () => {
  const { leverage: _, ...bare } = long.positions[0]!;
  const found = assessed({ ...long, positions: [bare] }, MARKS);
  expect(found.free).toMatchObject({
    is: "unknown",
    why: { code: "binance/no-leverage", facts: { positions: "BTCUSDT:BOTH" } },
  });
  expect(found.lines.map(({ name }) => name)).toEqual(["maintenance"]);
  expect(margin.compile({ ...long, positions: [bare] }, CROSS, sceneOf(MARKS), "initial")).toEqual({
    unknown: "binance/no-leverage",
  });
});

test("no position: nothing to liquidate, equity known", () => {
  const found = assessed(bodyOf("5", []), {});
  expect(found.lines).toEqual([]);
  expect(found.equity.is).toBe("known");
  expect(margin.compile(bodyOf("5", []), CROSS, sceneOf({}), "maintenance")).toEqual({ none: "no-position" });
});

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
  expect(refusal(margin.apply(long, order(more), sceneOf(MARKS)))).toBe(code);
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
  const sold = margin.apply(long, order(), sceneOf(MARKS));
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

test("cancel takes the order out; its margin is free when it was the last", () => {
  const orders = ["1", "2"].map((id) => ({ id, symbol: "BTCUSDT", positionSide: "BOTH" as const }));
  const body: Body = { ...long, orders, wallets: [{ asset: "USDT", cross: dec("20000"), orderMargin: dec("70") }] };
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
  expect(done(long, effect).ok).toBe(false);
});

test("what the venue did: fills, funding, deleveraging", () => {
  const apply = (effect: VenueEffect) => done(long, effect);
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

test("funding is paid at its times on notional at mark; beyond a known interval nothing is guessed", () => {
  const funding = { symbol: "BTCUSDT", rate: dec("0.0001"), next: ms(NOW + 1_000), everyMs: ms(28_800_000) };
  const body = { ...long, funding: [funding] };
  const wallet = (hours: number, from: Body = body) =>
    toNumber(margin.advance(from, ms(NOW + hours * 3_600_000), sceneOf(MARKS)).wallets[0]!.cross);
  // 1 BTC at 100,000 pays 10 each time
  expect([wallet(0), wallet(1), wallet(8), wallet(9), wallet(24)]).toEqual([20_000, 19_990, 19_990, 19_980, 19_970]);
  const { everyMs: _, ...once } = funding;
  expect([wallet(1, { ...body, funding: [once] }), wallet(24, { ...body, funding: [once] })]).toEqual([19_990, 19_990]);
  expect(wallet(24, long)).toBe(20_000);
  const twice = margin.advance(
    margin.advance(body, ms(NOW + 7_200_000), sceneOf(MARKS)),
    ms(NOW + 86_400_000),
    sceneOf(MARKS),
  );
  expect(toNumber(twice.wallets[0]!.cross)).toBe(19_970);
  expect(margin.advance(body, ms(NOW + 86_400_000), sceneOf({}))).toEqual(body);
});

test("a form's accrual is the funding a day", () => {
  const body = { ...long, funding: [{ symbol: "BTCUSDT", rate: dec("0.0001"), next: NOW, everyMs: ms(28_800_000) }] };
  const compiled = margin.compile(body, CROSS, sceneOf(MARKS), "maintenance");
  expect(compiled).toMatchObject({
    form: { accrual: { legs: [{ factor: 0, curve: { kind: "line", slope: -0.0003 } }] } },
  });
});

const NO_MARKET: Market = { fill: () => ({ is: "unknown", why: { code: "test/no-book", facts: {} } }) };
const at = (price: string): Market => ({
  fill: () => ({ is: "known", value: dec(price), from: "derived", asOf: NOW }),
});

test("liquidation: orders first, then one order just large enough to be compliant again", () => {
  // 200 BTC at 100,000 in tier 5 of the snapshot: maintenance 400,000 - 132,000 = 268,000; wallet 260,000, so 8,000 are missing.
  // Each coin closed frees 2,000 and costs 1.3 % of 100,000 = 1,300: 8,000 / 700 = 11.42857, on the step 11.429.
  const body: Body = {
    ...bodyOf("260000", [position("BTCUSDT", "200", "100000")]),
    orders: [{ id: "7", symbol: "BTCUSDT", positionSide: "BOTH" }],
  };
  const steps = margin.liquidate(body, CROSS, sceneOf(MARKS), at("100000"), "worst-for-owner");
  expect(steps.map(({ what }) => what)).toEqual(["cancel 1 open orders", "close 11.429 of BTCUSDT:BOTH at 100000"]);
  const { after, fee, taken, badDebt } = steps[1]!;
  expect(text(after.positions[0]!.size)).toBe("188.571");
  expect(toNumber(fee[0]!.amount)).toBe(14_857.7);
  expect([taken, badDebt]).toEqual([[], []]);
  expect(line(after, "maintenance").crossed).toBe(false);
});

test("liquidation: where the fee costs more than closing frees, nothing short of the whole helps", () => {
  // tier 3: a coin frees 650 and costs 1,300
  const body = bodyOf("5000", [position("BTCUSDT", "10", "100000")]);
  const steps = margin.liquidate(body, CROSS, sceneOf(MARKS), at("100000"), "worst-for-owner");
  expect(steps).toMatchObject([{ fee: [{ amount: dec("5000") }], after: { positions: [] } }]);
});

test("liquidation: the lowest tier goes whole; what the market cannot pay the insurance fund takes over", () => {
  const body = bodyOf("1000", [position("BTCUSDT", "1", "100000", { wallet: "400" })]);
  const account = accountKey("BTCUSDT:BOTH");
  const whole = margin.liquidate(body, account, sceneOf(MARKS), at("99900"), "worst-for-owner");
  // 400 - 100 lost on the fill; the fee asked is 1,298.7, what is left is 300: the pool's 1,000 is not touched
  expect(whole).toMatchObject([
    { taken: [{ amount: dec("100.00000000") }], fee: [{ amount: dec("300.00000000") }], badDebt: [] },
  ]);
  expect(text(whole[0]!.after.wallets[0]!.cross)).toBe("1000.00000000");
  const bust = margin.liquidate(body, account, sceneOf({ BTCUSDT: "99500" }), at("99000"), "worst-for-owner");
  expect(bust).toMatchObject([{ taken: [], fee: [], badDebt: [{ amount: dec("100") }] }]);
  expect(bust[0]!.after).toMatchObject({ positions: [], wallets: [{ cross: dec("1000") }] });
});

test("liquidation of a pool goes by maintenance, or in the order that is asked for", () => {
  const body = bodyOf("100", [position("ETHUSDT", "20", "4000"), position("BTCUSDT", "1", "100000")]);
  const market: Market = {
    fill: (symbol) => ({ is: "known", value: dec(MARKS[symbol as "BTCUSDT"]), from: "derived", asOf: NOW }),
  };
  const first = (chooser: "worst-for-owner" | { fixed: readonly string[] }) =>
    margin.liquidate(body, CROSS, sceneOf(MARKS), market, chooser)[0]!.what;
  expect(first("worst-for-owner")).toContain("BTCUSDT:BOTH");
  expect(first({ fixed: ["ETHUSDT:BOTH"] })).toContain("ETHUSDT:BOTH");
});

test("liquidation says no more than is known: without a fill only the orders are gone", () => {
  const body: Body = {
    ...bodyOf("400", [position("BTCUSDT", "1", "100000")]),
    orders: [{ id: "7", symbol: "BTCUSDT", positionSide: "BOTH" }],
  };
  const steps = margin.liquidate(body, CROSS, sceneOf(MARKS), NO_MARKET, "worst-for-owner");
  expect(steps.map(({ what }) => what)).toEqual(["cancel 1 open orders"]);
  expect(margin.liquidate(long, CROSS, sceneOf(MARKS), at("100000"), "worst-for-owner")).toEqual([]);
});

test("levers: reduce by whole steps within a bound, add margin from what the pool can spare", () => {
  const body = bodyOf("1000", [
    position("BTCUSDT", "1.0005", "100000", { side: "LONG", wallet: "8000" }),
    position("ETHUSDT", "-2", "4000", { side: "SHORT" }),
  ]);
  const of = (account: string) => margin.levers!(body, accountKey(account), sceneOf(MARKS));
  const [add, reduce] = of("BTCUSDT:LONG");
  // pool: 1,000 less initial margin 8,000 / 20
  expect([add!.use, toNumber(add!.most), add!.act(dec("5"), dec("0"))]).toEqual([
    "add-margin",
    600,
    { do: "move-margin", from: "cross:USDT", to: "BTCUSDT:LONG", asset: "USDT", amount: dec("5") },
  ]);
  expect([reduce!.use, reduce!.on, text(reduce!.most)]).toEqual(["reduce", "BTCUSDT", "1.000"]);
  expect(reduce!.act(dec("0.5"), dec("0.0050008"))).toMatchObject({
    side: "sell",
    limit: dec("99500.00"),
    reduceOnly: true,
  });
  const [buy] = of("cross:USDT");
  expect(buy!.act(dec("1"), dec("0.005002"))).toMatchObject({
    instrument: "ETHUSDT",
    side: "buy",
    limit: dec("4020.00"),
  });
  for (const lever of [...of("cross:USDT"), ...of("BTCUSDT:LONG")])
    expect(margin.apply(body, lever.act(lever.most, dec("0.01")), sceneOf(MARKS)).ok).toBe(true);
  expect(margin.levers!(body, accountKey("BTCUSDT:LONG"), sceneOf({}))).toEqual([]);
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

test("liquidation: in the lowest tier the whole position goes, even where a part would do", () => {
  const free = Object.fromEntries(
    Object.entries(SNAPSHOT.symbols).map(([symbol, terms]) => [
      symbol,
      { ...terms, takerFee: dec("0"), liquidationFee: dec("0") },
    ]),
  );
  const scene = sceneOf(MARKS, { symbols: free });
  const closed = (size: string, wallet: string) =>
    margin.liquidate(
      bodyOf(wallet, [position("BTCUSDT", size, "100000")]),
      CROSS,
      scene,
      at("100000"),
      "worst-for-owner",
    )[0]!.what;
  expect(closed("1", "400")).toBe("close 1 of BTCUSDT:BOTH at 100000");
  // 5 BTC in tier 2: maintenance 2,200, a coin frees 500
  expect(closed("5", "2000")).toBe("close 0.401 of BTCUSDT:BOTH at 100000");
});

test("liquidation: a part may do where the whole does not", () => {
  // 150 at mark 96,000, 14.4 M in tier 5: maintenance 288,000 - 132,000 = 156,000. Bought at 100,000 with 750,000: equity 150,000.
  // In tier 5 a coin frees 1,920 and costs 1.3 % of 96,000 = 1,248: 6,000 / 672 = 8.929. In tier 4 it frees 960 only, so closing
  // all would cost 187,200, more than there is.
  const body = bodyOf("0", [position("BTCUSDT", "150", "100000", { wallet: "750000" })]);
  const scene = sceneOf({ BTCUSDT: "96000" });
  const steps = margin.liquidate(body, accountKey("BTCUSDT:BOTH"), scene, at("96000"), "worst-for-owner");
  expect(steps.map(({ what }) => what)).toEqual(["close 8.929 of BTCUSDT:BOTH at 96000"]);
});
