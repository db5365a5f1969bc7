import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { readCollateral } from "./asset-access.ts";
import { owedOf } from "./base-balance.ts";
import { mulFactor } from "./comet-math.ts";
import type { CometBody } from "./holding.ts";
import { type Priced, type PricedCollateral, readPrices, valueOf } from "./prices.ts";
import type { AssetTerms, CometTerms } from "./terms.ts";

/** What the contract compares, at the indices that the body stores; values with 8 decimals. */
export interface Solvency extends Priced {
  readonly debt: bigint;
  /** Sum of collateral values times the liquidate factor, and times the borrow factor. */
  readonly liquidateValue: bigint;
  readonly borrowValue: bigint;
}

/**
 * Sums of an account over the market's assets, in the market's order, each value and each product down.
 * @source Comet, isLiquidatable, isBorrowCollateralized
 */
export function readSolvency(body: CometBody, scene: Scene<CometTerms>): Result<Solvency, Why> {
  const held = readCollateral(body, scene.terms.body);
  if (!held.ok) return held;
  const priced = readPrices(body, held.value, scene);
  if (!priced.ok) return priced;
  const { collateral, base } = priced.value;
  return ok({
    collateral,
    base,
    debt: base === undefined ? 0n : valueOf(owedOf(body), base),
    liquidateValue: weighted(collateral, ({ liquidateFactor }) => liquidateFactor),
    borrowValue: weighted(collateral, ({ borrowFactor }) => borrowFactor),
  });
}

/** Value of all collateral at the feeds' prices. */
export const collateralValue = (collateral: readonly PricedCollateral[]): bigint =>
  collateral.reduce((sum, each) => sum + valueOf(each.held.balance, each), 0n);

/** Collateral values times a factor of each asset. */
export const weighted = (collateral: readonly PricedCollateral[], factor: (terms: AssetTerms) => bigint): bigint =>
  collateral.reduce((sum, each) => sum + mulFactor(valueOf(each.held.balance, each), factor(each.terms)), 0n);

/** Strictly below the debt; a debt whose value is cut to 0 is never absorbed. */
export const isLiquidatable = ({ liquidateValue, debt }: Solvency): boolean => liquidateValue < debt;
/** Whether the debt may be made larger or collateral smaller. */
export const isBorrowCollateralized = ({ borrowValue, debt }: Solvency): boolean => borrowValue >= debt;
