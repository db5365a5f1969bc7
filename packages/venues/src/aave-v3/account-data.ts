import { mulDiv } from "@plimsoll/core/units";
import type { Priced } from "./prices.ts";
import type { Revision } from "./revision.ts";
import { mulDivFloor } from "./wad-ray-math.ts";
import { isFlagged } from "./user-config.ts";

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

/** Value of what is supplied (down) and of what is owed (as the market's rules round it), base units. */
export const suppliedValue = ({ supplied, price, unit }: Priced): bigint => mulDivFloor(supplied, price, unit);
export const owedValue = ({ owed, price, unit }: Priced, { debtRounds }: Revision): bigint =>
  mulDiv(owed, price, unit, debtRounds);

/**
 * Account data of a user over the reserves that the user's configuration names; others are passed by.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, GenericLogic.calculateUserAccountData, calculateAvailableBorrows
 */
export function accountData(priced: readonly Priced[], revision: Revision): AccountData {
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
    if (position.isBorrowed) debt += owedValue(position, revision);
  }
  const average = (sum: bigint) => (collateral === 0n ? 0n : sum / collateral);
  const [ltv, liquidationThreshold] = [average(weightedLtv), average(weighted)];
  const room = revision.borrowable(collateral, ltv) - debt;
  return {
    collateral,
    debt,
    weighted,
    weightedLtv,
    ltv,
    liquidationThreshold,
    health: revision.health({ collateral, debt, weighted, average: liquidationThreshold }),
    availableBorrows: room > 0n ? room : 0n,
    hasZeroLtvCollateral,
  };
}
