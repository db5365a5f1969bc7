import { type Exact, multiply, pow10 } from "@plimsoll/core/units";
import type { Tier } from "./terms.ts";
import { sumOf } from "./totals.ts";

/** An exact fraction with a positive denominator: prices at which a tier starts do not end as decimals. */
export interface Ratio {
  readonly over: bigint;
  readonly under: bigint;
}

/** a / b exactly; b above or below 0. */
export function ratio(a: Exact, b: Exact): Ratio {
  const [over, under] = [a.digits * pow10(b.scale), b.digits * pow10(a.scale)];
  return under < 0n ? { over: -over, under: -under } : { over, under };
}
export const order = (a: Ratio, b: Ratio): number => Number(compareBig(a.over * b.under, b.over * a.under));
const compareBig = (a: bigint, b: bigint): number => (a === b ? 0 : a < b ? -1 : 1);

/** From x = `from` on, up to the next cell: maintenance of the symbol is `slope * x - amount`. */
export interface Cell {
  readonly from: Ratio;
  readonly slope: Exact;
  readonly amount: Exact;
}

/**
 * Maintenance of one symbol's positions in one account as a function of x, its mark or the inverse of it, piece by piece and
 * exact. In hedge mode the two sides are charged each with its own tier, so the pieces of both are merged.
 * @param sizes quantities of x, above 0: coins of linear contracts, USD of inverse ones.
 */
export function cellsOf(sizes: readonly Exact[], tiers: readonly Tier[]): readonly Cell[] {
  const starts = sizes.flatMap((size) => tiers.map(({ floor }) => ratio(floor, size))).toSorted(order);
  const distinct = starts.filter((start, index) => index === 0 || order(start, starts[index - 1] ?? start) !== 0);
  return distinct.map((from) => {
    const active = sizes.map((size) => ({ size, tier: tierFrom(tiers, size, from) }));
    return {
      from,
      slope: sumOf(active.map(({ size, tier }) => multiply(size, tier.rate))),
      amount: sumOf(active.map(({ tier }) => tier.amount)),
    };
  });
}

/** The tier that holds just above x: the last whose floor / size is not above it. */
function tierFrom(tiers: readonly Tier[], size: Exact, x: Ratio): Tier {
  const found = tiers.findLast(({ floor }) => order(ratio(floor, size), x) <= 0);
  if (found === undefined) throw new Error("invariant broken: a tier table does not start at 0");
  return found;
}
