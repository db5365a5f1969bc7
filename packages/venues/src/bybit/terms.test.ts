import { existsSync, readFileSync } from "node:fs";
import { dec, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { readTerms } from "./read-terms.ts";
import { checkBands, checkTiers, refuseShrunkTerms, tierOf } from "./terms.ts";
import document2022 from "./terms/2022-12-29.json" with { type: "json" };
import document2025 from "./terms/2025-12-29.json" with { type: "json" };
import { linear, termsOf, tier } from "./testing.ts";

const data = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/tiers/bybit.json`;
const table = [
  tier("0", "5000", "0.0067", "0"),
  tier("5000", "25000", "0.01", "16.5"),
  tier("25000", "50000", "0.0111", "44"),
];

describe.skipIf(!existsSync(data))(`recorded tables (skipped without ${data})`, () => {
  type Row = { readonly floor: string; readonly cap: string; readonly mmr: string; readonly amount: string };
  const recorded = Object.entries(
    (
      JSON.parse(existsSync(data) ? readFileSync(data, "utf8") : `{"symbols":{}}`) as {
        readonly symbols: Record<string, { readonly tiers: readonly Row[] }>;
      }
    ).symbols,
  ).map(
    ([symbol, { tiers }]) =>
      [symbol, tiers.map(({ floor, cap, mmr, amount }) => tier(floor, cap, mmr, amount))] as const,
  );

  test("there are tables to check", () => expect(recorded.length).toBeGreaterThanOrEqual(3));
  test.each(recorded)("%s: every deduction is the running sum, and a lost row is seen", (symbol, tiers) => {
    expect(checkTiers(symbol, tiers)).toEqual({ ok: true, value: undefined });
    for (const lost of tiers.keys()) {
      const rest = tiers.filter((_, index) => index !== lost);
      expect(checkTiers(symbol, rest).ok).toBe(lost === tiers.length - 1);
    }
  });
  test("the shipped rows are the recorded ones", () => {
    const read = readTerms(document2025.body);
    const shipped = read.ok ? read.value.contracts["BTCPERP"]!.tiers : [];
    expect(shipped).toHaveLength(30);
    expect(shipped).toEqual(recorded.find(([symbol]) => symbol === "BTCPERP")?.[1]);
  });
});

test("an empty deduction is 0, and what else is not a figure is refused", () => {
  const body = (deduction: unknown) => ({
    ...document2022.body,
    contracts: {
      X: { ...document2022.body.contracts.XRPUSDT, tiers: [{ floor: "0", cap: "1", mmr: "0.01", deduction }] },
    },
  });
  const read = readTerms(body(""));
  expect(read.ok && text(read.value.contracts["X"]!.tiers[0]!.deduction)).toBe("0");
  for (const damaged of [" ", "none", "-1", 0, null, "1e2"]) expect(readTerms(body(damaged)).ok).toBe(false);
});

test("a row's charge meets its neighbour's at the cap; beyond an incomplete table nothing is known", () => {
  const charge = (value: string, complete = true) => {
    const row = tierOf("X", linear({ tiers: table, complete }), dec(value));
    return row.ok ? `${row.value.number} ${text(row.value.mmr)}` : row.failure.code;
  };
  expect([charge("5000"), charge("5000.01"), charge("50000"), charge("50001"), charge("50001", false)]).toEqual([
    "1 0.0067",
    "2 0.01",
    "3 0.0111",
    "3 0.0111",
    "bybit/beyond-tiers",
  ]);
});

// oxfmt-ignore
test.each([
  ["a gap",            [table[0]!, { ...table[1]!, floor: dec("5001") }]],
  ["a falling rate",   [table[0]!, { ...table[1]!, mmr: dec("0.006") }]],
  ["a wrong deduction", [table[0]!, { ...table[1]!, deduction: dec("16") }]],
  ["no rows",          []],
] as const)("%s is refused", (_case, tiers) => {
  expect(checkTiers("X", tiers)).toMatchObject({ ok: false, failure: { code: "bybit/bad-tiers" } });
});

test("bands reach to infinity; ratios never rise, rates on debts never fall", () => {
  const up = [{ cap: dec("1"), rate: dec("0.9") }, { rate: dec("0.95") }];
  expect(checkBands("X", up, "never-falls").ok).toBe(true);
  expect(checkBands("X", up, "never-rises").ok).toBe(false);
  expect(checkBands("X", up.slice(0, 1), "never-falls").ok).toBe(false);
});

test("a table that lost its top rows against the one before is refused, also when it is gone", () => {
  const terms = (tiers: typeof table) => termsOf({ contracts: { X: linear({ tiers }) } });
  expect(refuseShrunkTerms(terms(table), terms(table)).ok).toBe(true);
  expect(refuseShrunkTerms(terms(table), terms(table.slice(0, 2)))).toMatchObject({
    failure: { code: "bybit/tiers-shrunk" },
  });
  expect(refuseShrunkTerms(terms(table), termsOf({}))).toMatchObject({ failure: { code: "bybit/tiers-shrunk" } });
});
