import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type PriceKind,
  type QuoteKey,
  type Result,
  type Why,
  fail,
  ok,
  quoteKey,
  why,
} from "@plimsoll/core/units";

/** The key of a symbol's mark price. */
export const markKey = (symbol: string): QuoteKey => quoteKey(`bybit:${symbol}:mark`);
/** The key of a coin's index price in USD. */
export const indexKey = (coin: string): QuoteKey => quoteKey(`bybit:${coin}:index`);

/** A price of the kind the venue reads there; last price and index are not accepted for a mark, nor the other way round. */
function quoteOf(key: QuoteKey, kind: PriceKind, scene: Scene<unknown>): Result<Exact, Why> {
  const quote = scene.quotes.get(key);
  if (quote?.kind === kind && quote.value.digits > 0n) return ok(quote.value);
  const found = quote === undefined ? "none" : quote.kind;
  return fail(why("bybit/no-price", { quote: key, wanted: kind, found, next: `wait for the ${kind} price` }));
}

export const markOf = (symbol: string, scene: Scene<unknown>): Result<Exact, Why> =>
  quoteOf(markKey(symbol), "mark", scene);
export const indexOf = (coin: string, scene: Scene<unknown>): Result<Exact, Why> =>
  quoteOf(indexKey(coin), "index", scene);
