import { type Result, type Why, fail, ok, toNumber, why } from "@plimsoll/core/units";
import type { Scene } from "./contract.ts";
import type { MarginForm } from "./form.ts";

/** The scene's values of a form's quotes, in the form's order; a missing one or one not above 0 is a failure, never a 0. */
export function readQuotes({ quotes }: Pick<MarginForm, "quotes">, scene: Scene<unknown>): Result<Float64Array, Why> {
  const values = new Float64Array(quotes.length);
  for (const [i, key] of quotes.entries()) {
    const quote = scene.quotes.get(key);
    if (quote === undefined) return fail(why("quote-missing", { quote: key, next: "wait for the feed to report it" }));
    values[i] = toNumber(quote.value);
    if (!(values[i]! > 0)) return fail(why("quote-not-positive", { quote: key, value: String(values[i]) }));
  }
  return ok(values);
}
