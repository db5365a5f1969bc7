import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  exact,
  fail,
  minOf,
  ms,
  ok,
  pow10,
  trim,
  why,
} from "@plimsoll/core/units";
import type { AaveTerms } from "./terms.ts";
import { oracleQuote } from "./names.ts";
import type { Position } from "./position.ts";
import { type Capped, capPrice } from "./price-cap.ts";

/** A position with its price: `amount * price / unit` is its value in base units. */
export interface Priced extends Position {
  readonly price: bigint;
  readonly unit: bigint;
  readonly asOf: Ms;
}

export const quoteOf = ({ market }: AaveTerms, { pricedAs }: Position): QuoteKey => oracleQuote(market, pricedAs);

/**
 * Prices of positions from the scene, through the cap that the terms name. The oracle answers whole base units; a what-if may
 * carry more digits: then every price and every unit grow by the same power of ten, which leaves the contract's formulas as they
 * are. A quote above its cap is the market's price, and the pool does not see it.
 * @returns why not, at the first price that is missing or not above zero.
 */
export function pricePositions(
  positions: readonly Position[],
  scene: Scene<AaveTerms>,
): Result<readonly Priced[], Why> {
  const terms = scene.terms.body;
  const keys = positions.flatMap((position) => [quoteOf(terms, position), ...baseQuotesOf(terms, position)]);
  const scale = Math.max(terms.baseDecimals, ...keys.map((key) => scene.quotes.get(key)?.value.scale ?? 0));
  const priced: Priced[] = [];
  for (const position of positions) {
    const quote = readQuote(scene, quoteOf(terms, position), scale);
    if (!quote.ok) return quote;
    const cap = capOf(position, scene, scale);
    if (!cap.ok) return cap;
    priced.push({
      ...position,
      price: cap.value === "none" ? quote.value.price : minOf(quote.value.price, cap.value),
      unit: pow10(position.terms.decimals + scale - terms.baseDecimals),
      asOf: quote.value.asOf,
    });
  }
  return ok(priced);
}

/** The cap on a position's price: none where it has none, where none is known, or where its e-mode prices it. */
export const priceCapOf = ({ terms, pricedAs }: Position): Capped | "none" =>
  pricedAs !== terms.asset || terms.priceCap === "unknown" ? "none" : terms.priceCap;

/** The quote that a ratio's cap is counted from, where there is one. */
export function baseQuotesOf({ market }: AaveTerms, position: Position): readonly QuoteKey[] {
  const cap = priceCapOf(position);
  return cap === "none" || cap.kind === "stable" ? [] : [oracleQuote(market, cap.base)];
}

function capOf(position: Position, scene: Scene<AaveTerms>, scale: number): Result<bigint | "none", Why> {
  const terms = scene.terms.body;
  const cap = priceCapOf(position);
  if (cap === "none") return ok("none");
  const [baseKey] = baseQuotesOf(terms, position);
  const base = baseKey === undefined ? ok(undefined) : readQuote(scene, baseKey, scale);
  if (!base.ok) return base;
  const price = capPrice(cap, BigInt(Math.floor(scene.now / 1000)), base.value?.price, scale - terms.baseDecimals);
  return ok(price ?? "none");
}

function readQuote({ quotes }: Scene<AaveTerms>, key: QuoteKey, scale: number) {
  const quote = quotes.get(key);
  if (quote !== undefined && quote.value.digits > 0n)
    return ok({ price: quote.value.digits * pow10(scale - quote.value.scale), asOf: quote.asOf });
  return fail(
    why(quote === undefined ? "price-missing" : "price-not-positive", {
      quote: key,
      next: "wait for the oracle's next answer or write the price",
    }),
  );
}

/** The price of one whole token as the pool counts it: what the scene gave, at most the cap. */
export const priceOf = ({ price, unit, terms }: Priced, baseDecimals: number): Exact =>
  trim(exact(price, baseDecimals + String(unit).length - 1 - terms.decimals));

/** The oldest of the prices, or of the holding where that is older. */
export const oldest = (priced: readonly Priced[], heldAt: Ms): Ms =>
  ms(Math.min(heldAt, ...priced.map(({ asOf }) => asOf)));
