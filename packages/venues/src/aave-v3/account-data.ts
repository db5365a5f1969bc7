import { healthFactor } from "./health.ts";
import { isFlagged } from "./position.ts";
import type { Priced } from "./prices.ts";
import { mulDivCeil, mulDivFloor, percentMulFloor } from "./wad-ray-math.ts";

/** What `getUserAccountData` answers, and the sums behind it. Values in base units (USD, 8 decimals), shares in bps. */
export interface AccountData {
  readonly collateral: bigint;
  readonly debt: bigint;
  /** Sum of collateral value times liquidation threshold, and times LTV: not yet divided by anything. */
  readonly weighted: bigint;
  readonly weightedLtv: bigint;
  /** The truncated averages that the contract reports. */
  readonly ltv: bigint;
  readonly liquidationThreshold: bigint;
  readonly health: bigint | "no-debt";
  readonly availableBorrows: bigint;
  readonly hasZeroLtvCollateral: boolean;
}

/** Value of what is supplied (down) and of what is owed (up), base units. */
export const suppliedValue = ({ supplied, price, unit }: Priced): bigint => mulDivFloor(supplied, price, unit);
export const owedValue = ({ owed, price, unit }: Priced): bigint => mulDivCeil(owed, price, unit);

/**
 * Account data of a user over the reserves that the user's configuration names; others are passed by.
 * @source aave-v3-origin 3.6.0, GenericLogic.calculateUserAccountData, calculateAvailableBorrows
 */
export function accountData(priced: readonly Priced[]): AccountData {
  let [collateral, debt, weighted, weightedLtv] = [0n, 0n, 0n, 0n];
  let hasZeroLtvCollateral = false;
  for (const position of priced.filter(isFlagged)) {
    if (position.isCollateral) {
      const value = suppliedValue(position);
      collateral += value;
      weighted += value * position.counts.liquidationThreshold;
      weightedLtv += value * position.counts.ltv;
      hasZeroLtvCollateral ||= position.counts.ltv === 0n;
    }
    if (position.isBorrowed) debt += owedValue(position);
  }
  const average = (sum: bigint) => (collateral === 0n ? 0n : sum / collateral);
  const ltv = average(weightedLtv);
  const room = percentMulFloor(collateral, ltv) - debt;
  return {
    collateral,
    debt,
    weighted,
    weightedLtv,
    ltv,
    liquidationThreshold: average(weighted),
    health: healthFactor(weighted, debt),
    availableBorrows: room > 0n ? room : 0n,
    hasZeroLtvCollateral,
  };
}
