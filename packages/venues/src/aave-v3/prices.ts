import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  exact,
  fail,
  ms,
  ok,
  pow10,
  trim,
  why,
} from "@plimsoll/core/units";
import type { AaveTerms } from "./terms.ts";
import { oracleQuote } from "./names.ts";
import type { Position } from "./position.ts";

/** A position with its price: `amount * price / unit` is its value in base units. */
export interface Priced extends Position {
  readonly price: bigint;
  readonly unit: bigint;
  readonly asOf: Ms;
}

export const quoteOf = ({ market }: AaveTerms, { pricedAs }: Position): QuoteKey => oracleQuote(market, pricedAs);

/**
 * Prices of positions from the scene. The oracle answers whole base units; a what-if may carry more digits: then every price
 * and every unit grow by the same power of ten, which leaves the contract's formulas as they are.
 * @returns why not, at the first price that is missing or not above zero.
 */
export function pricePositions(
  positions: readonly Position[],
  scene: Scene<AaveTerms>,
): Result<readonly Priced[], Why> {
  const terms = scene.terms.body;
  const found = positions.map((position) => ({ position, quote: scene.quotes.get(quoteOf(terms, position)) }));
  const scale = Math.max(terms.baseDecimals, ...found.map(({ quote }) => quote?.value.scale ?? 0));
  const priced: Priced[] = [];
  for (const { position, quote } of found) {
    if (quote === undefined || quote.value.digits <= 0n)
      return fail(
        why(quote === undefined ? "price-missing" : "price-not-positive", {
          quote: quoteOf(terms, position),
          next: "wait for the oracle's next answer or write the price",
        }),
      );
    priced.push({
      ...position,
      price: quote.value.digits * pow10(scale - quote.value.scale),
      unit: pow10(position.terms.decimals + scale - terms.baseDecimals),
      asOf: quote.asOf,
    });
  }
  return ok(priced);
}

/** The price of one whole token as the scene gave it. */
export const priceOf = ({ price, unit, terms }: Priced, baseDecimals: number): Exact =>
  trim(exact(price, baseDecimals + String(unit).length - 1 - terms.decimals));

/** The oldest of the prices, or of the holding where that is older. */
export const oldest = (priced: readonly Priced[], heldAt: Ms): Ms =>
  ms(Math.min(heldAt, ...priced.map(({ asOf }) => asOf)));
