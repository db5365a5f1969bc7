import { FACTOR_SCALE, mulFactor, presentOf } from "./comet-math.ts";
import type { CometBody } from "./holding.ts";
import { accrue } from "./indices.ts";
import type { Price } from "./prices.ts";
import type { AssetTerms, CometTerms } from "./terms.ts";

/** Base reserves of the market at the holding's moment, base units; below 0 where suppliers are owed more than there is. */
export function reservesOf(body: CometBody, terms: CometTerms): bigint | "not-read" {
  const { totals } = accrue(body, terms);
  if (totals === "not-read") return totals;
  const { cash, supplied, borrowed, supplyIndex, borrowIndex } = totals;
  return cash - presentOf(supplied, supplyIndex) + presentOf(borrowed, borrowIndex);
}

/** Whether the market sells absorbed collateral now; unknown where its totals were not read. */
export function isForSale(body: CometBody, terms: CometTerms): boolean | "not-read" {
  if (terms.paused.buy) return false;
  const reserves = reservesOf(body, terms);
  return reserves === "not-read" ? reserves : reserves < terms.targetReserves;
}

/** The discount at which the market sells an absorbed asset: a share of its liquidation penalty, scale 1e18. */
export const storefrontDiscount = ({ liquidationFactor }: AssetTerms, { storeFrontPriceFactor }: CometTerms): bigint =>
  mulFactor(storeFrontPriceFactor, FACTOR_SCALE - liquidationFactor);

/**
 * Collateral, in its smallest units, that a buyer gets from the market for an amount of the base asset; down.
 * @source Comet, quoteCollateral
 */
export function quoteCollateral(
  asset: AssetTerms,
  terms: CometTerms,
  price: Price,
  basePrice: Price,
  paid: bigint,
): bigint {
  const discounted = mulFactor(price.price, FACTOR_SCALE - storefrontDiscount(asset, terms));
  return (basePrice.price * paid * price.unit) / discounted / basePrice.unit;
}
