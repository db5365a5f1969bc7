import { type Exact, ZERO, add, compare, multiply, smaller, subtract, toNumber } from "@plimsoll/core/units";
import type { Bend } from "./form.ts";
import type { TableRow } from "./tier-table.ts";
import { slopedBend } from "./tiers.ts";

/** One row of a coin's table of rates, up to and with `cap`; the last row has none. */
export interface Band {
  readonly cap?: Exact;
  readonly rate: Exact;
}

/** The bands as rows of a table that `checkTable` and `refuseShrunk` look at: each starts where the one before ends. */
export const bandRows = (bands: readonly Band[]): readonly TableRow[] =>
  bands.map((band, index) => ({ ...band, floor: bands[index - 1]?.cap ?? ZERO }));

/** An amount of at least 0 by marginal rates, like tax brackets: each band of it at its own rate. */
export function marginal(bands: readonly Band[], amount: Exact): Exact {
  let [sum, floor] = [ZERO, ZERO];
  for (const { cap, rate } of bands) {
    const top = cap === undefined ? amount : smaller(cap, amount);
    if (compare(top, floor) <= 0) break;
    sum = add(sum, multiply(subtract(top, floor), rate));
    floor = top;
  }
  return sum;
}

/** The one rate of a whole amount, floor < amount <= cap; undefined beyond the last cap. */
export const rateAt = (bands: readonly Band[], amount: Exact): Exact | undefined =>
  bands.find(({ cap }) => cap === undefined || compare(amount, cap) <= 0)?.rate;

/**
 * `marginal` in a form: what is owned counts band by band, what is owed in full.
 * @param by the coin's price factor where the bands count coins; without it they count the pool's own unit.
 */
export function collateralBend(bands: readonly Band[], by?: number): Bend {
  const from = [-Infinity, 0, ...capsOf(bands)];
  const slopes = [1, ...bands.map(({ rate }) => toNumber(rate))];
  return slopedBend({ into: "have", from, slopes, ...(by !== undefined && { by }) });
}

/**
 * `rateAt` of a debt in a form: one rate for all of it, times `times`, so that the requirement jumps where the debt passes a cap;
 * a debt equal to the cap is below it. Bands count coins.
 * @param by the coin's price factor.
 */
export function debtBend(bands: readonly Band[], by: number, times = 1): Bend {
  const caps = capsOf(bands).toReversed();
  const from = Float64Array.from([-Infinity, ...caps.map((cap) => -cap), 0]);
  const rates = bands.map(({ rate }) => -times * toNumber(rate)).toReversed();
  const zero = new Float64Array(from.length);
  return { into: "need", measure: "quantity", by, from, a: zero, b: Float64Array.from([...rates, 0]), g: zero };
}

const capsOf = (bands: readonly Band[]): readonly number[] =>
  bands.flatMap(({ cap }) => (cap === undefined ? [] : [toNumber(cap)]));
