import { invariant } from "@plimsoll/core/units";
import type { Bend, Curve } from "./form.ts";

type Pieces = Extract<Curve, { kind: "pieces" }>;

/** One row of a maintenance table: from this notional on (or this many coins), `rate * notional - deduct`. */
export interface Tier {
  readonly from: number;
  readonly rate: number;
  readonly deduct: number;
}

/**
 * Maintenance of a position of `size` coins as a curve of its price; tiers by notional in the quote currency.
 * @param tiers ascending, the first from 0.
 */
export function tierCurve(tiers: readonly Tier[], size: number): Pieces {
  checkTiers(tiers, size);
  return {
    kind: "pieces",
    knots: Float64Array.from(tiers, ({ from }) => from / size),
    a: Float64Array.from(tiers, ({ deduct }) => 0 - deduct),
    b: Float64Array.from(tiers, ({ rate }) => rate * size),
  };
}

/**
 * Maintenance of an inverse position of `notional` in the quote currency, as a curve of its price, times that price:
 * tiers count coins (notional / price), so a lower price is a higher tier.
 */
export function inverseTierCurve(tiers: readonly Tier[], notional: number): Pieces {
  checkTiers(tiers, notional);
  const rows = tiers.toReversed();
  return {
    kind: "pieces",
    knots: Float64Array.from(rows, (_, i) => (i === 0 ? 0 : notional / rows[i - 1]!.from)),
    a: Float64Array.from(rows, ({ rate }) => rate * notional),
    b: Float64Array.from(rows, ({ deduct }) => 0 - deduct),
  };
}

function checkTiers(tiers: readonly Tier[], size: number): void {
  invariant(size > 0, `tiers are for a size above 0, not ${size}`);
  invariant(tiers[0]?.from === 0, "the first tier does not start at 0");
  invariant(
    tiers.every(({ from }, i) => i === 0 || from > tiers[i - 1]!.from),
    "tiers do not ascend",
  );
}

/** A bend that is 0 at 0 and has `slopes[i]` from `from[i]` on; `from[0]` is -Infinity. */
export interface SlopedBend {
  readonly into: "have" | "need";
  readonly from: readonly number[];
  readonly slopes: readonly number[];
  /** The coin's price factor, when `from` counts coins. */
  readonly by?: number;
}

/** Haircuts, marginal discounts, negative balances, liability margin: a continuous bend through the origin. */
export function slopedBend({ into, from, slopes, by }: SlopedBend): Bend {
  invariant(from[0] === -Infinity && slopes.length === from.length, "a bend needs one slope per start, from -Infinity");
  const offsets = [0];
  for (let i = 1; i < from.length; i++) offsets.push(offsets[i - 1]! + (slopes[i - 1]! - slopes[i]!) * from[i]!);
  const home = from.findLastIndex((start) => start <= 0);
  const zero = new Float64Array(from.length);
  const centred = Float64Array.from(offsets, (offset) => offset - offsets[home]!);
  const shape = { into, from: Float64Array.from(from), b: Float64Array.from(slopes) };
  if (by === undefined) return { ...shape, measure: "value", a: centred, g: zero };
  return { ...shape, measure: "quantity", by, a: zero, g: centred };
}
