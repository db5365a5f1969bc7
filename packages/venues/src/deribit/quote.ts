import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type PriceKind, type QuoteKey, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { coinPair, indexKey } from "./instrument.ts";
import type { DeribitTerms } from "./terms.ts";

/** The scene's quote of one kind; another kind is not taken in its place. */
export function quoteOf(key: QuoteKey, kind: PriceKind, scene: Scene<DeribitTerms>): Result<Exact, Why> {
  const quote = scene.quotes.get(key);
  if (quote?.kind === kind) return ok(quote.value);
  return fail(
    why("deribit/no-quote", {
      quote: key,
      found: quote?.kind ?? "none",
      next: `wait for the ${kind} of this instrument`,
    }),
  );
}

/** Dollars for one unit of a wallet's currency; 1 for a dollar itself. */
export const coinPriceOf = (currency: string, scene: Scene<DeribitTerms>): Result<Exact, Why> =>
  quoteOf(indexKey(coinPair(currency)), "index", scene);
