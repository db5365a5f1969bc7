import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  exact,
  fail,
  ok,
  pow10,
  why,
} from "@plimsoll/core/units";
import { ORACLE_PRICE_DECIMALS } from "./constants.ts";
import { oracleQuote } from "./names.ts";
import type { MarketTerms, MorphoTerms } from "./terms.ts";

/** A market's price: `units of collateral * price / one` is their worth in units of the loan token. */
export interface Price {
  readonly price: bigint;
  readonly one: bigint;
  readonly asOf: Ms;
}

/** Decimals of what the oracle answers, as loan tokens for one collateral token. @source morpho-blue 1.0.0, IOracle.sol */
export const priceDecimals = ({ loan, collateral }: Pick<MarketTerms, "loan" | "collateral">): number =>
  ORACLE_PRICE_DECIMALS + loan.decimals - collateral.decimals;

export const quoteOf = ({ deployment }: MorphoTerms, { oracle }: MarketTerms): QuoteKey =>
  oracleQuote(deployment, oracle.name);

/**
 * The price of a market from the scene. A what-if may carry more digits than the oracle: then price and unit grow by the same
 * power of ten, which leaves the contract's formulas as they are.
 * @returns why not, where it is missing or not above zero.
 */
export function readPrice(terms: MorphoTerms, market: MarketTerms, scene: Scene<MorphoTerms>): Result<Price, Why> {
  const key = quoteOf(terms, market);
  const quote = scene.quotes.get(key);
  if (quote === undefined || quote.value.digits <= 0n)
    return fail(
      why(quote === undefined ? "price-missing" : "price-not-positive", {
        quote: key,
        next: "wait for the oracle's next answer or write the price",
      }),
    );
  const decimals = priceDecimals(market);
  const scale = Math.max(decimals, quote.value.scale);
  return ok({
    price: quote.value.digits * pow10(scale - quote.value.scale),
    one: pow10(ORACLE_PRICE_DECIMALS + scale - decimals),
    asOf: quote.asOf,
  });
}

/** A price as people read it, loan tokens for one collateral token. */
export const asTokens = ({ price, one }: Pick<Price, "price" | "one">, market: MarketTerms): Exact =>
  exact(price, priceDecimals(market) + String(one).length - 1 - ORACLE_PRICE_DECIMALS);
