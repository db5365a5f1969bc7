import { type MarginForm, evaluate, liquidationPrices } from "@plimsoll/core/margin";
import { accountKey, dec, rescale, subtract, text, toNumber } from "@plimsoll/core/units";
import type { BinanceTerms, Body } from "@plimsoll/venues/binance/margin";
import { expect, test } from "vitest";
import { liquidationPrice, margin } from "./margin.ts";
import { FLAT, SHIPPED, T, bodyOf, position, sceneOf, withTiers } from "./testing.ts";

const CROSS = "cross:BTC";
const ISOLATED = "BTCUSD_PERP:BOTH";
const [T3, FLAT_TERMS] = [withTiers(T), withTiers(FLAT)];

function formOf(body: Body, account: string, marks: Readonly<Record<string, string>>, terms: BinanceTerms): MarginForm {
  const compiled = margin.compile(body, accountKey(account), sceneOf(marks, terms), "maintenance");
  if (!("form" in compiled)) throw new Error(JSON.stringify(compiled));
  return compiled.form;
}
const quotesOf = (form: MarginForm, marks: Readonly<Record<string, string>>) =>
  form.quotes.map((key) => Number(marks[key.split(":")[1]!]));
const priced = (body: Body, account: string, marks: Readonly<Record<string, string>>, terms: BinanceTerms) => {
  const found = liquidationPrice(body, accountKey(account), "BTCUSD_PERP", sceneOf(marks, terms));
  if (!found.ok) throw new Error(found.failure.code);
  return found.value;
};

// source: case D of the notes on perpetual venues, example 3 of the normal form's (tiers in coins, tier 4 at the price and tier 3
// today), and the hedge formula (N_L (1 + mmr) - N_S (1 - mmr)) / (WB + N_L / E_L - N_S / E_S), worked in fractions apart from here
// oxfmt-ignore
const prices = [
  // case                  body                                                                                      account    mark     terms        down           up
  ["D isolated long",      bodyOf({ BTC: "0" }, [position("BTCUSD_PERP", "1000", "80000", { wallet: "0.125" })]),    ISOLATED,  "80000", FLAT_TERMS,  "73018.1818",  undefined],
  ["3 tier 4 at the price", bodyOf({ BTC: "6" }, [position("BTCUSD_PERP", "9000", "60000")]),                        CROSS,     "60000", T3,          "43198.31421", undefined],
  ["3 short with 4 BTC",   bodyOf({ BTC: "4" }, [position("BTCUSD_PERP", "-9000", "60000")]),                        CROSS,     "60000", T3,          undefined,     "81407.03518"],
  ["3 short with 16 BTC",  bodyOf({ BTC: "16" }, [position("BTCUSD_PERP", "-9000", "60000")]),                       CROSS,     "60000", T3,          undefined,     undefined],
  ["1x short",             bodyOf({ BTC: "0" }, [position("BTCUSD_PERP", "-500", "50000", { wallet: "1" })]),        ISOLATED,  "50000", FLAT_TERMS,  undefined,     undefined],
  ["hedge pair, cross",    bodyOf({ BTC: "0.2" }, [position("BTCUSD_PERP", "1000", "80000", { side: "LONG" }), position("BTCUSD_PERP", "-400", "90000", { side: "SHORT" })]), CROSS, "82000", FLAT_TERMS, "60225.41436", undefined],
] as const;

test.each(prices)("liquidation price, exact and by the form: %s", (_case, body, account, mark, terms, down, up) => {
  const marks = { BTCUSD_PERP: mark };
  const exactly = priced(body, account, marks, terms);
  const form = formOf(body, account, marks, terms);
  const floats = liquidationPrices(form, quotesOf(form, marks), 0);
  for (const [want, ...got] of [
    [down, exactly.down && toNumber(exactly.down), floats.down],
    [up, exactly.up && toNumber(exactly.up), floats.up],
  ] as const)
    for (const value of got)
      if (want === undefined) expect(value).toBeUndefined();
      else expect(value).toBeCloseTo(Number(want), 4);
});

test("example 3: a surplus of 5.905 BTC, 354,300 USD, by engine and form", () => {
  const body = bodyOf({ BTC: "6" }, [position("BTCUSD_PERP", "9000", "60000")]);
  const marks = { BTCUSD_PERP: "60000" };
  const { lines, unit } = margin.assess(body, accountKey(CROSS), sceneOf(marks, T3));
  const line = lines.find(({ name }) => name === "maintenance")!;
  expect([unit, toNumber(line.surplus)]).toEqual(["BTC", 5.905]);
  const form = formOf(body, CROSS, marks, T3);
  expect(evaluate(form, quotesOf(form, marks)).surplus()).toBeCloseTo(5.905, 12);
  expect(form.concave).toBe(true);
});

// source: position rows that ccxt 4.5.84 quotes in its comments: what GET /dapi/v1/positionRisk answered to real accounts
test("venue-produced: profit and liquidation price of an isolated bitcoin long", () => {
  const body = bodyOf({ BTC: "0" }, [position("BTCUSD_PERP", "2", "37643.10000021", { wallet: "0.00268058" })]);
  const marks = { BTCUSD_PERP: "38103.05510455" };
  const { equity } = margin.assess(body, accountKey(ISOLATED), sceneOf(marks));
  if (equity.is !== "known") throw new Error(equity.is);
  expect(text(rescale(subtract(equity.value, dec("0.00268058")), 8, "down"))).toBe("0.00006413");
  // 25119.97445760 in the row; what is cut off the wallet beyond 8 decimals moves it by up to 0.02
  expect(toNumber(priced(body, ISOLATED, marks, SHIPPED).down!)).toBeCloseTo(25119.9744576, 7);
});

test("venue-produced: a contract of ether is 10 USD", () => {
  const body = bodyOf({ ETH: "1" }, [position("ETHUSD_PERP", "1", "2422.400000007")]);
  const { explain } = margin.assess(body, accountKey("cross:ETH"), sceneOf({ ETHUSD_PERP: "2424.51267823" }, T3));
  const part = (name: string) => dec(explain.parts!.find((each) => each.name === name)!.value);
  expect(text(rescale(part("notional"), 8, "down"))).toBe("0.00412454");
  // the row is of a portfolio margin account, whose answers round where dapi cuts
  expect(text(rescale(part("unrealised profit"), 8, "half-up"))).toBe("0.00000360");
});

test("perpetual and quarterly of one coin share a pool, another coin has its own", () => {
  const body = bodyOf({ BTC: "1", ETH: "2" }, [
    position("BTCUSD_PERP", "1000", "100000"),
    position("BTCUSD_261225", "-1000", "100000"),
    position("ETHUSD_PERP", "100", "4000"),
  ]);
  expect(margin.accounts(body)).toEqual(["cross:BTC", "cross:ETH"]);
  const marks = { BTCUSD_PERP: "50000", BTCUSD_261225: "50000", ETHUSD_PERP: "2000" };
  const surplus = (account: string) => {
    const { lines } = margin.assess(body, accountKey(account), sceneOf(marks, FLAT_TERMS));
    return toNumber(lines.find(({ name }) => name === "maintenance")!.surplus);
  };
  // 1 - 1 + 1 BTC of profit, 2 x 2 BTC x 0.4 %; 2 + 0.25 - 0.5 ETH, 0.5 ETH x 0.4 %
  expect(surplus("cross:BTC")).toBeCloseTo(0.984, 12);
  expect(surplus("cross:ETH")).toBeCloseTo(1.748, 12);
});

test("the tier is the one of the coins at the mark: a falling price alone moves a long up the table", () => {
  const body = bodyOf({ BTC: "20" }, [position("BTCUSD_PERP", "9000", "60000")]);
  const required = (mark: string) =>
    toNumber(
      margin
        .assess(body, accountKey(CROSS), sceneOf({ BTCUSD_PERP: mark }, T3))
        .lines.find(({ name }) => name === "maintenance")!.required,
    );
  // 15 BTC x 1 % - 0.055; 22.5 BTC x 2.5 % - 0.355
  expect(required("60000")).toBeCloseTo(0.095, 12);
  expect(required("40000")).toBeCloseTo(0.2075, 12);
});

test("a larger position enters at the price whose inverse is the average", () => {
  const before = bodyOf({ BTC: "5" }, [position("BTCUSD_PERP", "300", "30000")]);
  const body = {
    symbol: "BTCUSD_PERP",
    positionSide: "BOTH",
    side: "buy",
    size: dec("300"),
    price: dec("60000"),
    fee: [],
  };
  const after = margin.apply(before, { was: "fill", body } as never, sceneOf({ BTCUSD_PERP: "60000" }));
  if (!after.ok) throw new Error(after.failure.code);
  // 30,000 USD bought 1 BTC, 30,000 more bought half of one: 60,000 / 1.5
  expect(text(after.value.positions[0]!.entry)).toBe("40000.000000000000000000");
});

test("funding is counted in coins: longs pay notional at mark times rate", () => {
  const body = bodyOf({ BTC: "1" }, [position("BTCUSD_PERP", "900", "60000")]);
  const paid = margin.apply(
    body,
    { was: "funding", body: { symbol: "BTCUSD_PERP", rate: dec("0.0001") } },
    sceneOf({ BTCUSD_PERP: "45000" }),
  );
  if (!paid.ok) throw new Error(paid.failure.code);
  // 90,000 / 45,000 = 2 BTC
  expect(text(paid.value.wallets[0]!.cross)).toBe("0.99980000");
});

test("a liquidation in the lowest tier closes all and charges its fee in coins", () => {
  const body = bodyOf({ BTC: "0" }, [position("BTCUSD_PERP", "1000", "80000", { wallet: "0.125" })]);
  const market = {
    fill: () => ({ is: "known", value: dec("73000"), from: "derived", asOf: sceneOf({}).now }) as const,
  };
  const steps = margin.liquidate(
    body,
    accountKey(ISOLATED),
    sceneOf({ BTCUSD_PERP: "73000" }),
    market,
    "worst-for-owner",
  );
  // equity 0.125 + 1.25 - 100,000 / 73,000 = 0.00513699 BTC; 2 % of 1.36986 BTC would be 0.0273: what is left goes
  expect(steps).toHaveLength(1);
  expect(steps[0]!.after.positions).toEqual([]);
  expect(steps[0]!.fee.map(({ asset, amount }) => [asset, toNumber(amount).toFixed(6)])).toEqual([["BTC", "0.005137"]]);
});
