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
 * @source aave-v3-origin 3.6.0, ValidationLogic.getUserReserveLtv, GenericLogic.calculateUserAccountData, LiquidationLogic
 */
export function countsFor(reserve: ReserveTerms, category: EModeTerms | undefined): Counts {
  if (category === undefined || !inBitmap(category.collateralBitmap, reserve.id)) return reserve;
  return inBitmap(category.ltvZeroBitmap, reserve.id) ? { ...category, ltv: 0n } : category;
}
