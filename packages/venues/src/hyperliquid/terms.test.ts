import { existsSync, readFileSync } from "node:fs";
import { dec, quotient, text, exact } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { readTerms } from "./read-terms.ts";
import { marginTable, refuseShrunkTable } from "./terms.ts";
import { PRESENT } from "./testing.ts";
import shipped from "./terms/2025-05-01.json" with { type: "json" };

const FILE = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/tiers/hyperliquid.json`;
const row = (from: string, maxLeverage: bigint) => ({ from: dec(from), maxLeverage });

interface Documented {
  readonly symbols: Record<string, { readonly tiers: readonly { readonly mmr: string; readonly amount: string }[] }>;
}

test.skipIf(!existsSync(FILE))(
  "rates and deductions that follow from our rows are the documented ones (PLIMSOLL_DATA)",
  () => {
    const { symbols } = JSON.parse(readFileSync(FILE, "utf8")) as Documented;
    for (const [coin, { tiers }] of Object.entries(symbols)) {
      const { table } = PRESENT.coins[coin]!;
      expect(table.tiers).toHaveLength(tiers.length);
      for (const [index, { weight, amount }] of table.tiers.entries()) {
        const documented = tiers[index]!;
        const scaleOf = (figure: string) => dec(figure).scale;
        const at = (value: typeof amount, figure: string) =>
          text(quotient(value, exact(table.under), scaleOf(figure), "down"));
        expect([coin, at(exact(weight), documented.mmr)]).toEqual([coin, documented.mmr]);
        expect([coin, at(amount, documented.amount)]).toEqual([coin, documented.amount]);
      }
    }
  },
);

// oxfmt-ignore
test.each([
  ["no rows",                  []],
  ["does not start at 0",      [row("1", 40n)]],
  ["does not ascend",          [row("0", 40n), row("0", 20n)]],
  ["leverage does not fall",   [row("0", 20n), row("100", 20n)]],
] as const)("a table that %s is refused", (_case, rows) => {
  expect(marginTable("x", rows, 2n)).toMatchObject({ ok: false, failure: { code: "hyperliquid/bad-tiers" } });
});

test("a table that lost rows is refused until a person has looked", () => {
  const [long, short] = [marginTable("x", [row("0", 40n), row("100", 20n)], 2n), marginTable("x", [row("0", 40n)], 2n)];
  if (!long.ok || !short.ok) throw new Error("tables are good");
  expect(refuseShrunkTable("x", long.value, short.value)).toMatchObject({
    ok: false,
    failure: { facts: { rows: "1 after 2" } },
  });
  expect(refuseShrunkTable("x", short.value, long.value).ok).toBe(true);
});

// oxfmt-ignore
test.each([
  ["a coin whose table is missing",  { tables: {} },                                        "hyperliquid/incomplete-terms"],
  ["a coin whose dex is missing",    { dexes: {} },                                         "hyperliquid/incomplete-terms"],
  ["a leverage of 0",                { tables: { "56": [{ from: "0", maxLeverage: 0 }] } }, "hyperliquid/unreadable"],
  ["a share that is a number",       { rules: { ...shipped.body.rules, transferShare: 0.1 } }, "hyperliquid/unreadable"],
] as const)("terms with %s are refused", (_case, change, code) => {
  expect(readTerms({ ...shipped.body, ...change })).toMatchObject({ ok: false, failure: { code } });
});
