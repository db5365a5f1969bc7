import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type PriceKind,
  type QuoteKey,
  type Result,
  type Why,
  fail,
  isNegative,
  isZero,
  ok,
  quoteKey,
  why,
} from "@plimsoll/core/units";

/** The key of an instrument's mark price, a spot pair's too. */
export const markKey = (instrument: string): QuoteKey => quoteKey(`okx:${instrument}:mark`);
/** The key of a coin's index price in USD. */
export const indexKey = (coin: string): QuoteKey => quoteKey(`okx:${coin}:index`);

/** A price of the kind the venue reads there; another kind is not accepted in its place. */
function quoteOf(key: QuoteKey, kind: PriceKind, scene: Scene<unknown>): Result<Exact, Why> {
  const quote = scene.quotes.get(key);
  if (quote?.kind === kind && !isZero(quote.value) && !isNegative(quote.value)) return ok(quote.value);
  return fail(
    why("okx/no-price", {
      quote: key,
      wanted: kind,
      found: quote === undefined ? "none" : quote.kind,
      next: `wait for the ${kind} price`,
    }),
  );
}

export const markOf = (instrument: string, scene: Scene<unknown>): Result<Exact, Why> =>
  quoteOf(markKey(instrument), "mark", scene);
export const indexOf = (coin: string, scene: Scene<unknown>): Result<Exact, Why> =>
  quoteOf(indexKey(coin), "index", scene);
