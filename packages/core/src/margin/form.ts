import type { QuoteKey } from "@plimsoll/core/units";
import type { LineName } from "./contract.ts";

/** x = product of quotes[i] ** power. Powers are small integers, almost always 1 or -1. */
export interface Factor {
  readonly powers: readonly (readonly [quote: number, power: number])[];
}

/** A function of one factor. */
export type Curve =
  | { readonly kind: "line"; readonly slope: number }
  /** On [knots[i], knots[i+1]): a + b*x + r/x. knots[0] = 0. r only for size slopes on inverse contracts. May jump. */
  | {
      readonly kind: "pieces";
      readonly knots: Float64Array;
      readonly a: Float64Array;
      readonly b: Float64Array;
      readonly r?: Float64Array;
    }
  /** quantity * undiscounted Black(x, strike, years left, vol); negative quantity is short. */
  | {
      readonly kind: "black";
      readonly quantity: number;
      readonly type: "call" | "put";
      readonly strike: number;
      readonly expiryMs: number;
      readonly vol: number;
    }
  /** Straight lines between samples of an exact function; |curve - exact| <= error on [knots[0], knots.at(-1)], undefined outside. */
  | { readonly kind: "sampled"; readonly knots: Float64Array; readonly values: Float64Array; readonly error: number };

export interface Leg {
  readonly factor: number;
  readonly curve: Curve;
}
export interface Sum {
  readonly constant: number;
  readonly legs: readonly Leg[];
}

/** Adds a + b*u + g*p to `into`; u is the pool's sum, p its coin's factor (g = 0 and p unused when `by` is absent). */
export interface Bend {
  readonly into: "have" | "need";
  /** Factor index of the coin's price, for tiers counted in coins. */
  readonly by?: number;
  /** The piece is chosen on u, or on u / p. */
  readonly measure: "value" | "quantity";
  /** Ascending, from[0] = -Infinity. */
  readonly from: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly g: Float64Array;
}
export interface Pool {
  readonly sum: Sum;
  readonly bends: readonly Bend[];
}

/** The float64 normal form of one line of one account: `surplus = have - h * need`, `health = have / need`. */
export interface MarginForm {
  readonly line: LineName;
  /** Unit of have and need. */
  readonly unit: string;
  readonly quotes: readonly QuoteKey[];
  readonly factors: readonly Factor[];
  readonly have: Sum;
  readonly need: Sum;
  readonly pools: readonly Pool[];
  /** Surplus exactly 0; kernels ignore it. */
  readonly atZero: "safe" | "liquidatable";
  /** have concave and need convex in the factors; set by structure. */
  readonly concave: boolean;
  /** |form - engine| <= absolute + relative * (gross have + gross need). */
  readonly error: { readonly absolute: number; readonly relative: number };
  /** Vols, clock and balances are frozen here. */
  readonly compiledAtMs: number;
  /** Change of surplus per day at frozen prices: funding, interest not held as a quote. */
  readonly accrual?: Sum;
}
export type Compiled =
  | { readonly form: MarginForm }
  | { readonly none: "no-position" | "no-debt" }
  | { readonly unknown: string };
