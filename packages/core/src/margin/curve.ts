import { type BlackInput, blackDelta, blackPrice } from "@plimsoll/core/math";
import type { Curve } from "./form.ts";

/** `a + b*x + r/x`: what every curve but an option is between two knots. */
export interface Piece {
  readonly a: number;
  readonly b: number;
  readonly r: number;
}
export type Straight = Exclude<Curve, { kind: "black" }>;
export type Black = Extract<Curve, { kind: "black" }>;

const yearMs = 365 * 86_400_000;
const undefinedPiece: Piece = { a: Number.NaN, b: 0, r: 0 };

/** Index of the last knot at or below `x`; knots ascend and `x >= knots[0]`. */
export function segmentAt(knots: Float64Array, x: number): number {
  let [low, high] = [0, knots.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (knots[middle]! <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The piece that holds at `x`; of a sampled curve outside its samples all is NaN. */
export function pieceAt(curve: Straight, x: number): Piece {
  switch (curve.kind) {
    case "line":
      return { a: 0, b: curve.slope, r: 0 };
    case "pieces": {
      const i = segmentAt(curve.knots, x);
      return { a: curve.a[i]!, b: curve.b[i]!, r: curve.r?.[i] ?? 0 };
    }
    case "sampled": {
      const { knots, values } = curve;
      const last = knots.length - 1;
      if (!(x >= knots[0]! && x <= knots[last]!)) return undefinedPiece;
      const i = Math.min(segmentAt(knots, x), last - 1);
      const b = (values[i + 1]! - values[i]!) / (knots[i + 1]! - knots[i]!);
      return { a: values[i]! - b * knots[i]!, b, r: 0 };
    }
  }
}

/** r/x is left out when r is 0, so that nothing is lost at x = 0. */
export const valueOfPiece = ({ a, b, r }: Piece, x: number): number => a + b * x + (r === 0 ? 0 : r / x);

/** left + weight * right. */
export const plus = (left: Piece, right: Piece, weight: number): Piece => ({
  a: left.a + weight * right.a,
  b: left.b + weight * right.b,
  r: left.r + weight * right.r,
});

/** What Black needs of an option when its underlying stands at `x` and the clock at `nowMs`. */
const blackInput = (curve: Black, x: number, nowMs: number): BlackInput => ({
  type: curve.type,
  forward: x,
  strike: curve.strike,
  years: (curve.expiryMs - nowMs) / yearMs,
  vol: curve.vol,
});

/** Standard deviation of the logarithm of an option's underlying until it expires. */
export const deviationOf = ({ vol, expiryMs }: Black, nowMs: number): number =>
  vol * Math.sqrt(Math.max(0, expiryMs - nowMs) / yearMs);

/** Value of a curve at `x`, with the clock stopped at `nowMs`. */
export function curveAt(curve: Curve, x: number, nowMs: number): number {
  if (curve.kind === "line") return curve.slope * x; // most legs, and what an evaluation spends its time on
  if (curve.kind === "black") return curve.quantity * blackPrice(blackInput(curve, x, nowMs));
  return valueOfPiece(pieceAt(curve, x), x);
}

/** Derivative of a curve with respect to `x`; at a knot that of the piece to the right. */
export function slopeAt(curve: Curve, x: number, nowMs: number): number {
  if (curve.kind === "black") return curve.quantity * blackDelta(blackInput(curve, x, nowMs));
  const { b, r } = pieceAt(curve, x);
  return r === 0 ? b : b - r / (x * x);
}

/** Sum of the absolute terms of a curve: the scale of its rounding error. */
export function grossAt(curve: Curve, x: number, nowMs: number): number {
  if (curve.kind === "line") return Math.abs(curve.slope) * x;
  if (curve.kind === "black") return Math.abs(curveAt(curve, x, nowMs));
  const { a, b, r } = pieceAt(curve, x);
  return valueOfPiece({ a: Math.abs(a), b: Math.abs(b), r: Math.abs(r) }, x);
}
