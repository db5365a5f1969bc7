import { type Exact, assetId, exact, quoteKey, toNumber } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Band, bandRows, collateralBend, debtBend, marginal, rateAt } from "./bands.ts";
import { evaluate } from "./evaluate.ts";
import { formBuilder } from "./form-builder.ts";
import { checkTable } from "./tier-table.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const hundredths = (digits: number | bigint): Exact => exact(BigInt(digits), 2);
const band = (rate: number, cap?: number): Band =>
  cap === undefined ? { rate: hundredths(rate) } : { rate: hundredths(rate), cap: hundredths(cap * 100) };

/** 95 % of the first 20, 85 % of the next 20, 50 % of the next 20, nothing beyond: worked by hand. */
const discounts = [band(95, 20), band(85, 40), band(50, 60), band(0)];
// oxfmt-ignore
test.each([
  ["nothing",           0,   "0"],
  ["inside the first",  10,  "9.5"],
  ["on the first cap",  20,  "19"],
  ["inside the second", 30,  "27.5"],
  ["inside the third",  50,  "41"],
  ["beyond the last",   100, "46"],
])("each band at its own rate: %s", (_case, amount, counts) => {
  expect(toNumber(marginal(discounts, hundredths(amount * 100)))).toBe(Number(counts));
});

const loans = [band(3, 10), band(5, 20), band(8)];
// oxfmt-ignore
test.each([
  ["on the first cap, still the first rate", 1_000, 3],
  ["a hundredth beyond it, the second",      1_001, 5],
  ["beyond all caps, the last",              9_999, 8],
])("one rate for the whole: %s", (_case, amount, rate) => {
  expect(rateAt(loans, hundredths(amount))).toEqual(hundredths(rate));
});

test("a table that ends has no rate beyond its end, and is refused where it has to be endless", () => {
  expect(rateAt(loans.slice(0, 2), hundredths(2_001))).toBeUndefined();
  const endless = { venue: "x", top: "endless" } as const;
  expect(checkTable("loans", bandRows(loans), endless).ok).toBe(true);
  expect(checkTable("loans", bandRows(loans.slice(0, 2)), endless).ok).toBe(false);
});

const tables = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 5 }).chain((caps) => {
  const rates = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: caps.length + 1, maxLength: caps.length + 1 });
  return rates.map((each) => [
    ...each.slice(1).map((rate, i) => band(rate, caps.toSorted((a, b) => a - b)[i])),
    band(each[0]!),
  ]);
});

/** Collateral and requirement of a balance in a form whose one price is `price`. */
function inForm(bands: readonly Band[], balance: number, price: number) {
  const form = formBuilder();
  const coin = form.price(quoteKey("coin"));
  form.pool(collateralBend(bands, coin), debtBend(bands, coin, 2)).line(coin, balance);
  const facts = { line: "maintenance", unit: assetId("USD"), atZero: "safe", compiledAtMs: 0 } as const;
  return evaluate(form.build({ ...facts, error: { absolute: 0, relative: 0 } }), [price]);
}

test("the bends are the exact sums: band by band of what is owned, one rate, twice, of what is owed, at any price", () => {
  fc.assert(
    fc.property(
      tables,
      fc.integer({ min: 1, max: 200_000 }),
      fc.integer({ min: 1, max: 9_999 }),
      (bands, amount, price) => {
        const [has, owes] = [hundredths(amount), -amount / 100];
        const [counts, rate] = [toNumber(marginal(bands, has)), toNumber(rateAt(bands, has)!)];
        expect(inForm(bands, amount / 100, price).have).toBeCloseTo(counts * price, 5);
        expect(inForm(bands, amount / 100, price).need).toBe(0);
        expect(inForm(bands, owes, price).have).toBeCloseTo(owes * price, 5);
        // on a cap itself a float decides; the exact engine has the last word there
        if (bands.every(({ cap }) => cap === undefined || cap.digits !== has.digits))
          expect(inForm(bands, owes, price).need).toBeCloseTo(-owes * price * rate * 2, 5);
      },
    ),
    { numRuns },
  );
});
