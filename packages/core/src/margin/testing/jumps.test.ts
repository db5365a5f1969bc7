import { type Bend, debtBend, evaluate, formBuilder, slopedBend } from "@plimsoll/core/margin";
import { assetId, dec, quoteKey } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { acrossJumps } from "./jumps.ts";

/** A debt of `owed` coins at a price of 3: 3 % of it up to 100 coins, 5 % of all of it beyond. */
function requirements(owed: number, bend: (coin: number) => Bend): readonly number[] {
  const form = formBuilder();
  const coin = form.price(quoteKey("coin"));
  form.pool(bend(coin)).line(coin, -owed);
  const facts = { line: "maintenance", unit: assetId("USD"), atZero: "safe", compiledAtMs: 0 } as const;
  const built = form.build({ ...facts, error: { absolute: 0, relative: 8 * Number.EPSILON } });
  const quotes = Float64Array.of(3);
  return [built, ...acrossJumps(built, quotes)].map((each) => Number(evaluate(each, quotes).need.toFixed(6)));
}
const whole = (coin: number) => debtBend([{ cap: dec("100"), rate: dec("0.03") }, { rate: dec("0.05") }], coin);
const marginal = (coin: number) =>
  slopedBend({ into: "need", from: [-Infinity, -100, 0], slopes: [-0.05, -0.03, 0], by: coin });
const ulp = 100 * Number.EPSILON;

test.each([
  ["at the knot the piece above it holds, and no other", 100, [9]],
  ["beyond it by less than rounding: either side", 100 + ulp, [15, 9]],
  ["before it by less than rounding: either side", 100 - ulp, [9, 15]],
  ["beyond it by more", 100 + 10 * ulp, [15]],
  ["before it by more", 100 - 10 * ulp, [9]],
])("%s", (_case, owed, needs) => {
  expect(requirements(owed, whole)).toEqual(needs);
});

test("where a bend turns without a jump no rounding is forgiven", () => {
  expect(requirements(100 - ulp, marginal)).toHaveLength(1);
});
