import type { AaveTerms, EModeTerms, ReserveTerms } from "./terms.ts";
import { inBitmap } from "./user-config.ts";

/** What one reserve counts for one user, bps. */
export interface Counts {
  readonly ltv: bigint;
  readonly liquidationThreshold: bigint;
  readonly liquidationBonus: bigint;
}

/** The user's category; undefined in none (0), or in one that the terms do not list: there nothing is collateral of it. */
export const categoryOf = (terms: AaveTerms, eMode: number): EModeTerms | undefined =>
  terms.eModes.find(({ id }) => id === eMode);

/**
 * Parameters of a reserve as collateral of a user: the category's where it is collateral of the category, else its own.
 * An asset of the category's LTV-zero bitmap keeps threshold and bonus but lends nothing new.
 * @source aave-v3-origin 3.6.0 and docs/3.7/isolated-emode, ValidationLogic.getUserReserveLtv, GenericLogic.calculateUserAccountData, LiquidationLogic
 */
export function countsFor(reserve: ReserveTerms, category: EModeTerms | undefined): Counts {
  if (category === undefined) return reserve;
  if (!inBitmap(category.collateralBitmap, reserve.id)) return category.isolated ? { ...reserve, ltv: 0n } : reserve;
  return inBitmap(category.ltvZeroBitmap, reserve.id) ? { ...category, ltv: 0n } : category;
}

/** The name under which a reserve is priced for a user: its own, or its category's where that has a price of its own. */
export const pricedAs = ({ id, asset }: ReserveTerms, category: EModeTerms | undefined): string =>
  category !== undefined && category.priceSource !== "none" && inBitmap(category.collateralBitmap, id)
    ? category.priceSource
    : asset;
