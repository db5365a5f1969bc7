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
  const refine = (low: number, atLow: number, high: number, atHigh: number): void => {
    invariant(knots.length < mostPieces, `more than ${mostPieces} pieces up to ${low}: the function jumps`);
    const middle = (low + high) / 2;
    const atMiddle = exact(middle);
    const misses = [1, 2, 3].map((quarter) => {
      const line = atLow + ((atHigh - atLow) * quarter) / 4;
      return Math.abs(line - (quarter === 2 ? atMiddle : exact(low + ((high - low) * quarter) / 4)));
    });
    if (Math.max(...misses) * caution <= error) {
      knots.push(high);
      values.push(atHigh);
      return;
    }
    refine(low, atLow, middle, atMiddle);
    refine(middle, atMiddle, high, atHigh);
  };
  for (const end of through.slice(1)) refine(knots.at(-1)!, values.at(-1)!, end, exact(end));
  return { kind: "sampled", knots: Float64Array.from(knots), values: Float64Array.from(values), error };
}
