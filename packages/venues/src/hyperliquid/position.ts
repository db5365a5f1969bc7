import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  exact,
  fail,
  larger,
  magnitude,
  multiply,
  ok,
  quotient,
  rescale,
  subtract,
  why,
} from "@plimsoll/core/units";
import type { Position } from "./holding.ts";
import { markKey } from "./names.ts";
import { type CoinTerms, type HyperliquidTerms, tierAt } from "./terms.ts";

/** Amounts carry 6 decimals; margins are cut there. @source recorded venue rows of 2023-03-27, README.md rule 5. */
export const AMOUNT_SCALE = 6;

/** A position beside what prices and charges it. */
export interface Priced {
  readonly position: Position;
  readonly terms: CoinTerms;
  readonly mark: Exact;
}

/** Terms of a coin; a coin outside the document is unknown, never free of margin. */
export function termsOf(coin: string, { coins }: Pick<HyperliquidTerms, "coins">): Result<CoinTerms, Why> {
  const found = Object.hasOwn(coins, coin) ? coins[coin] : undefined;
  if (found !== undefined) return ok(found);
  return fail(why("hyperliquid/no-table", { coin, next: "read the metadata of this coin's dex into the terms" }));
}

/** The mark price of a coin; oracle, mid and last price are not accepted in its place. */
export function markOf(coin: string, scene: Scene<unknown>): Result<Exact, Why> {
  const quote = scene.quotes.get(markKey(coin));
  if (quote?.kind === "mark") return ok(quote.value);
  const found = quote === undefined ? "none" : quote.kind;
  return fail(
    why("hyperliquid/no-mark", { quote: markKey(coin), found, next: "wait for the mark price of this coin" }),
  );
}

/** Joins each position with its terms and mark; fails on the first that lacks one. */
export function priceAll(
  positions: readonly Position[],
  scene: Scene<HyperliquidTerms>,
): Result<readonly Priced[], Why> {
  const priced: Priced[] = [];
  for (const position of positions) {
    const terms = termsOf(position.coin, scene.terms.body);
    if (!terms.ok) return terms;
    const mark = markOf(position.coin, scene);
    if (!mark.ok) return mark;
    priced.push({ position, terms: terms.value, mark: mark.value });
  }
  return ok(priced);
}

/** Value with its sign: what the position adds to its cash leg. */
export const value = ({ position, mark }: Priced): Exact => multiply(position.size, mark);
export const notional = (priced: Priced): Exact => magnitude(value(priced));

/** Maintenance margin: one row for the whole notional at mark, less the row's running sum, cut at 6 decimals. */
export function maintenance(priced: Priced): Exact {
  const { table } = priced.terms;
  const size = notional(priced);
  const { weight, amount } = tierAt(table, size);
  return cutMargin(subtract(multiply(size, exact(weight)), amount), exact(table.under));
}

/** Initial margin at mark: notional / leverage, cut at 6 decimals. */
export const initialMargin = (priced: Priced): Exact => cutMargin(notional(priced), priced.position.leverage);

/** Cut at 6 decimals, but never to nothing: whoever holds a position can be liquidated. */
const cutMargin = (amount: Exact, divisor: Exact): Exact =>
  larger(quotient(amount, divisor, AMOUNT_SCALE, "down"), exact(1n, AMOUNT_SCALE));

/** An amount as the venue keeps it; what lies beyond is dropped against the owner. */
export const kept = (amount: Exact): Exact => rescale(amount, AMOUNT_SCALE, "floor");

export const sumOf = (amounts: readonly Exact[]): Exact => amounts.reduce(add, ZERO);
