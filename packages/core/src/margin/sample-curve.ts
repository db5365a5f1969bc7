import { invariant } from "@plimsoll/core/units";
import type { Curve } from "./form.ts";

/** How much smaller than the bound a miss has to be before a piece is left alone: quarter points are evidence, not proof. */
const caution = 4;
const mostPieces = 20_000;

/**
 * Straight lines through an exact function, halved until every quarter point is met; for requirements with kinks anywhere.
 * @param through where to start from: the ends, and points that must be met exactly; ascending, above 0.
 * @param error in the function's unit; it becomes the curve's own.
 * @throws when the function needs more than 20,000 pieces: it jumps, or the error is too small.
 */
export function sampleCurve(
  exact: (x: number) => number,
  through: readonly number[],
  error: number,
): Extract<Curve, { kind: "sampled" }> {
  const knots: number[] = [through[0]!];
  const values: number[] = [exact(through[0]!)];
  // the quarter points of a piece are the middles of its halves: each place is asked once
  const refine = (low: number, atLow: number, middle: number, atMiddle: number, high: number, atHigh: number): void => {
    invariant(knots.length < mostPieces, `more than ${mostPieces} pieces up to ${low}: the function jumps`);
    const [first, last] = [(low + middle) / 2, (middle + high) / 2];
    const [atFirst, atLast] = [exact(first), exact(last)];
    const lineAt = (quarter: number) => atLow + ((atHigh - atLow) * quarter) / 4;
    const miss = Math.max(Math.abs(lineAt(1) - atFirst), Math.abs(lineAt(2) - atMiddle), Math.abs(lineAt(3) - atLast));
    if (miss * caution <= error) {
      knots.push(high);
      values.push(atHigh);
      return;
    }
    refine(low, atLow, first, atFirst, middle, atMiddle);
    refine(middle, atMiddle, last, atLast, high, atHigh);
  };
  for (const end of through.slice(1)) {
    const low = knots.at(-1)!;
    const middle = (low + end) / 2;
    refine(low, values.at(-1)!, middle, exact(middle), end, exact(end));
  }
  return { kind: "sampled", knots: Float64Array.from(knots), values: Float64Array.from(values), error };
}
