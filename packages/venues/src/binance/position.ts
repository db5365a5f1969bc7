import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type QuoteKey,
  type Result,
  type Why,
  fail,
  magnitude,
  multiply,
  ok,
  quoteKey,
  quotient,
  rescale,
  text,
  subtract,
  why,
} from "@plimsoll/core/units";
import { type Contract, profitBetween, valueAt } from "./contract-value.ts";
import type { Position } from "./holding.ts";
import { type BinanceTerms, type SymbolTerms, entryOf, tierAt } from "./terms.ts";

/** Balances carry 8 decimals; what falls beyond is cut, not rounded. @source recorded venue rows, README.md rule 12. */
export const BALANCE_SCALE = 8;

/** The key of a symbol's mark price in its quote currency; `venue` is the one whose terms charge it. */
export const markKey = (symbol: string, venue = "binance"): QuoteKey => quoteKey(`${venue}:${symbol}:mark`);
/** The key of a symbol's mark in a scene. */
export const markKeyIn = ({ terms }: Scene<unknown>, symbol: string): QuoteKey => markKey(symbol, terms.venue);

/** A position beside what prices and charges it. */
export interface Priced {
  readonly position: Position;
  readonly terms: SymbolTerms;
  readonly mark: Exact;
}

/** Terms of a symbol; a symbol outside the document is unknown, never free of margin. */
export function termsOf(symbol: string, terms: BinanceTerms): Result<SymbolTerms, Why> {
  const found = entryOf(terms.symbols, symbol);
  if (found !== undefined) return ok(found);
  return fail(
    why("binance/no-tiers", {
      symbol,
      next: "add the leverage brackets of this symbol to the terms, or read them live",
    }),
  );
}

/** The mark price of a symbol; index and last price are not accepted in its place. */
export function markOf(symbol: string, scene: Scene<BinanceTerms>): Result<Exact, Why> {
  const key = markKeyIn(scene, symbol);
  const quote = scene.quotes.get(key);
  if (quote?.kind === "mark" && quote.value.digits > 0n) return ok(quote.value);
  const found = quote === undefined ? "none" : `${quote.kind} ${text(quote.value)}`;
  return fail(why("binance/no-mark", { quote: key, found, next: "wait for the mark price of this symbol" }));
}

/** Joins each position with its terms and mark; fails on the first that lacks one. */
export function priceAll(positions: readonly Position[], scene: Scene<BinanceTerms>): Result<readonly Priced[], Why> {
  const priced: Priced[] = [];
  for (const position of positions) {
    const terms = termsOf(position.symbol, scene.terms.body);
    if (!terms.ok) return terms;
    const mark = markOf(position.symbol, scene);
    if (!mark.ok) return mark;
    if (terms.value.asset !== position.asset) return fail(otherAsset(position, terms.value));
    priced.push({ position, terms: terms.value, mark: mark.value });
  }
  return ok(priced);
}

const otherAsset = ({ symbol, asset }: Position, terms: SymbolTerms): Why =>
  why("binance/other-asset", { symbol, holding: asset, terms: terms.asset, next: "read account and terms again" });

/** What a position is worth at mark, in its margin asset, above 0. */
export const notional = ({ position, terms, mark }: Priced): Exact =>
  valueAt(magnitude(position.size), mark, terms, "ceil");

/** Unrealised profit at mark: size * (mark - entry), of inverse contracts N * (1 / entry - 1 / mark); size with its sign. */
export const profit = ({ position, terms, mark }: Priced): Exact =>
  profitBetween(position.size, position.entry, mark, terms);

/** What a funding rate is charged on, below 0 for a short: longs pay it. */
export const signedNotional = ({ size }: Position, mark: Exact, contract: Contract): Exact =>
  valueAt(size, mark, contract, "ceil");

/** Maintenance margin: one tier for the whole notional at mark, less the tier's amount. */
export function maintenance(priced: Priced): Exact {
  const value = notional(priced);
  const { rate, amount } = tierAt(priced.terms.tiers, value);
  return subtract(multiply(value, rate), amount);
}

/** Initial margin of the position at mark: notional / leverage, cut at 8 decimals or as told; nothing when the leverage is not known. */
export function initialMargin(priced: Priced, scale = BALANCE_SCALE): Exact | undefined {
  const { leverage } = priced.position;
  return leverage === undefined ? undefined : quotient(notional(priced), leverage, scale, "down");
}

/** A balance as the venue keeps it: 8 decimals; what lies beyond is dropped against the owner. */
export const balance = (value: Exact): Exact => rescale(value, BALANCE_SCALE, "floor");
