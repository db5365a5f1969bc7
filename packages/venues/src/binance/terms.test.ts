import { existsSync, readFileSync } from "node:fs";
import { dec, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { readTerms } from "./read-terms.ts";
import { type Tier, checkTiers, mergeNotionalCoef, refuseShrunkTiers, tierAt } from "./terms.ts";
import shipped from "./terms/2026-05-01.json" with { type: "json" };
import { SNAPSHOT, T, tier } from "./testing.ts";

const snapshot = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/tiers/binance-usdm.json`;

describe.skipIf(!existsSync(snapshot))(`the recorded tables (skipped without ${snapshot})`, () => {
  interface Row {
    readonly floor: string;
    readonly cap: string;
    readonly mmr: string;
    readonly amount: string;
    readonly maxLeverage: string;
  }
  const { symbols } = JSON.parse(existsSync(snapshot) ? readFileSync(snapshot, "utf8") : '{"symbols":{}}') as {
    symbols: Record<string, { readonly tiers: readonly Row[] }>;
  };
  const tables = Object.entries(symbols).map(
    ([symbol, { tiers }]) =>
      [symbol, tiers.map((row) => tier(row.floor, row.cap, row.mmr, row.amount, row.maxLeverage))] as const,
  );

  test("there are tables to check", () => expect(tables.length).toBeGreaterThanOrEqual(48));
  test.each(tables)("%s is gapless and continuous: cum(n) = cum(n-1) + floor * (rate step)", (symbol, tiers) => {
    expect(checkTiers(symbol, tiers)).toEqual({ ok: true, value: tiers });
  });
  test.each(Object.keys(shipped.body.symbols))("the shipped table of %s is the recorded one", (symbol) => {
    const recorded = tables.find(([name]) => name === symbol)?.[1];
    expect(SNAPSHOT.symbols[symbol]?.tiers).toEqual(recorded);
  });
});

const change = (row: number, fields: Partial<Record<keyof Tier, string>>): readonly Tier[] =>
  T.map((each, index) =>
    index === row
      ? { ...each, ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, dec(value)])) }
      : each,
  );

// oxfmt-ignore
test.each([
  ["no rows",                   [],                                       "the table is empty"],
  ["a lost row",                [T[0]!, T[2]!],                           "floor is not the cap below it"],
  ["a lost first row",          T.slice(1),                               "floor is not the cap below it"],
  ["rows out of order",         [T[0]!, T[2]!, T[1]!],                    "floor is not the cap below it"],
  ["an empty row",              change(0, { cap: "0" }),                  "cap is not above floor"],
  ["a rate that falls",         change(2, { rate: "0.004" }),             "rate does not rise"],
  ["a wrong amount",            change(1, { amount: "299" }),             "amount is not the running sum 300.000"],
  ["a lost top, 2 of 3 rows",   T.slice(0, 2),                            "rows are missing above: leverage is not 1"],
] as const)("a table with %s is refused", (_case, tiers, problem) => {
  const checked = checkTiers("BTCUSDT", tiers);
  expect(checked).toMatchObject({ ok: false, failure: { code: "binance/bad-tiers", facts: { problem } } });
});

test("a truncated table makes the whole document unreadable, it never becomes a smaller requirement", () => {
  const { BTCUSDT } = shipped.body.symbols;
  const cutOff = { ...shipped.body, symbols: { BTCUSDT: { ...BTCUSDT, tiers: BTCUSDT.tiers.slice(0, 6) } } };
  expect(readTerms(cutOff)).toMatchObject({ ok: false, failure: { code: "binance/bad-tiers" } });
  expect(readTerms(shipped.body).ok).toBe(true);
});

test.each([
  ["a number instead of text", { tick: 0.1 }],
  ["a damaged number", { tick: "0.1O" }],
  ["an exponent", { takerFee: "5e-4" }],
  ["a step of 0", { step: "0" }],
  ["a fee below 0", { liquidationFee: "-0.01" }],
])("%s in the rules of a symbol is refused", (_case, damage) => {
  const { BTCUSDT } = shipped.body.symbols;
  const read = readTerms({ symbols: { BTCUSDT: { ...BTCUSDT, ...damage } } });
  expect(read).toMatchObject({ ok: false, failure: { code: "binance/unreadable" } });
});

test("a table that lost rows against the one before is refused; a larger one, or one that reaches less far, is not", () => {
  const lower = change(2, { cap: "900000" });
  expect(refuseShrunkTiers("BTCUSDT", T, T.slice(0, 2))).toMatchObject({
    ok: false,
    failure: { code: "binance/tiers-shrunk" },
  });
  expect(refuseShrunkTiers("BTCUSDT", T, lower).ok).toBe(true);
  expect(refuseShrunkTiers("BTCUSDT", lower, T).ok).toBe(true);
  expect(refuseShrunkTiers("BTCUSDT", T, T).ok).toBe(true);
});

test("notionalCoef moves every boundary and keeps the table continuous", () => {
  const merged = mergeNotionalCoef(T, dec("1.5"));
  expect(merged.map(({ floor }) => Number(text(floor)))).toEqual([0, 450_000, 1_200_000]);
  expect(merged.map(({ amount }) => Number(text(amount)))).toEqual([0, 450, 2_250]);
  expect(checkTiers("BTCUSDT", merged).ok).toBe(true);
});

// oxfmt-ignore
test.each([
  ["one unit below",    "299999.99999999",  "0.004"],
  ["on the boundary",   "300000",           "0.005"],
  ["one unit above",    "300000.00000001",  "0.005"],
  ["nothing",           "0",                "0.004"],
  ["beyond the table",  "99999999999",      "0.0065"],
])("the tier of a notional: %s", (_case, notional, rate) => {
  expect(text(tierAt(T, dec(notional)).rate)).toBe(rate);
});
