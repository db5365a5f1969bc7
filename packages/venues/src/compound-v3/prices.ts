import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Ms, type Result, type Why, fail, ok, pow10, why } from "@plimsoll/core/units";
import type { Collateral, Token } from "./asset-access.ts";
import { PRICE_DECIMALS } from "./comet-math.ts";
import type { CometBody } from "./holding.ts";
import { oracleQuote } from "./names.ts";
import type { CometTerms } from "./terms.ts";

/** A price as the contract multiplies with it: `amount * price / unit` is a value with 8 decimals. */
export interface Price {
  readonly price: bigint;
  readonly unit: bigint;
  /** As the scene gave it, of one whole token. */
  readonly each: Exact;
  readonly asOf: Ms;
}
export type PricedCollateral = Collateral & Price;

/** Everything that an account's value is read from. `base` is absent where the account neither supplies nor owes it. */
export interface Priced {
  readonly collateral: readonly PricedCollateral[];
  readonly base: Price | undefined;
}

/**
 * Prices of what the account holds. The feeds answer 8 decimals; a what-if may carry more digits: then that price and its unit grow
 * by the same power of ten, which leaves the contract's formulas as they are.
 * @returns why not, at the first price that is missing or not above zero.
 */
export function readPrices(
  body: CometBody,
  collateral: readonly Collateral[],
  scene: Scene<CometTerms>,
): Result<Priced, Why> {
  const priced: PricedCollateral[] = [];
  for (const each of collateral) {
    if (each.held.balance === 0n) continue;
    const price = readPrice(scene, each.terms);
    if (!price.ok) return price;
    priced.push({ ...each, ...price.value });
  }
  if (body.principal === 0n) return ok({ collateral: priced, base: undefined });
  const base = readPrice(scene, scene.terms.body.base);
  return base.ok ? ok({ collateral: priced, base: base.value }) : base;
}

/** The price of one token of the market. */
export function readPrice(scene: Scene<CometTerms>, { asset, decimals }: Token): Result<Price, Why> {
  const key = oracleQuote(scene.terms.body.market, asset);
  const quote = scene.quotes.get(key);
  if (quote === undefined || quote.value.digits <= 0n)
    return fail(
      why(quote === undefined ? "price-missing" : "price-not-positive", {
        quote: key,
        next: "wait for the feed's next answer or write the price",
      }),
    );
  const { value, asOf } = quote;
  const more = Math.max(0, value.scale - PRICE_DECIMALS);
  const price = value.digits * pow10(PRICE_DECIMALS + more - value.scale);
  return ok({ price, unit: pow10(decimals + more), each: value, asOf });
}

/** Value of an amount, 8 decimals, down. */
export const valueOf = (amount: bigint, { price, unit }: Price): bigint => (amount * price) / unit;
/** The amount that a value buys, smallest units, down. */
export const amountOf = (value: bigint, { price, unit }: Price): bigint => (value * unit) / price;
