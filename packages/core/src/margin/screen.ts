import { evaluate } from "./evaluate.ts";
import type { MarginForm } from "./form.ts";

/** Rounding of float64 over thousands of terms, with room to spare; a screen errs only toward "look closer". */
const rounding = 1e-9;

export type Verdict = "above" | "below" | "undecided";

/**
 * Which side of the line a form can vouch for; "undecided" (ties, bounds, missing numbers) goes to `assess`.
 * @param h the line as a multiple of need: 1 is the form's own.
 */
export function screen(form: MarginForm, quotes: ArrayLike<number>, h = 1): Verdict {
  const { surplus, gross } = evaluate(form, quotes);
  const band = Math.max(1, h) * (form.error.absolute + (form.error.relative + rounding) * gross);
  if (surplus(h) > band) return "above";
  return surplus(h) < -band ? "below" : "undecided";
}
