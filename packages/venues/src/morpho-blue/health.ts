import { type Exact, exact, minOf, mulDiv, pow10 } from "@plimsoll/core/units";
import { LIQUIDATION_CURSOR, MAX_LIQUIDATION_INCENTIVE_FACTOR, ORACLE_PRICE_DECIMALS, WAD } from "./constants.ts";
import { type Price, priceDecimals } from "./price.ts";
import type { MarketTerms } from "./terms.ts";

/** Collateral in units of the loan token, rounded down. */
export const collateralValue = (collateral: bigint, { price, one }: Price): bigint =>
  mulDiv(collateral, price, one, "down");

/**
 * The largest healthy debt, in units of the loan token.
 * @source morpho-blue 1.0.0, Morpho._isHealthy: healthy where this is at least the debt
 */
export const maxBorrow = (collateral: bigint, price: Price, { lltv }: MarketTerms): bigint =>
  mulDiv(collateralValue(collateral, price), lltv, WAD, "down");

/**
 * The lowest price the oracle can answer at which a position is still healthy, to its last digit; undefined without debt,
 * collateral or an LLTV. `maxBorrow` is at least the debt where the collateral's value is at least up(debt / lltv).
 */
export function lowestHealthyPrice(collateral: bigint, debt: bigint, market: MarketTerms): Exact | undefined {
  if (collateral === 0n || debt === 0n || market.lltv === 0n) return undefined;
  const value = mulDiv(debt, WAD, market.lltv, "up");
  return exact(mulDiv(value, pow10(ORACLE_PRICE_DECIMALS), collateral, "up"), priceDecimals(market));
}

/**
 * What a liquidator gets in collateral for one unit of debt, WAD.
 * @source morpho-blue 1.0.0, Morpho.liquidate: min(maximum, 1 / (1 - cursor * (1 - lltv))), each step rounded down
 */
export const incentiveFactor = ({ lltv }: MarketTerms): bigint =>
  minOf(
    MAX_LIQUIDATION_INCENTIVE_FACTOR,
    mulDiv(WAD, WAD, WAD - mulDiv(LIQUIDATION_CURSOR, WAD - lltv, WAD, "down"), "down"),
  );
