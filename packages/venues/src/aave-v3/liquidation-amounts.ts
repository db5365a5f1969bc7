import { minOf } from "@plimsoll/core/units";
import { type AccountData, owedValue, suppliedValue } from "./account-data.ts";
import type { CloseFactor } from "./terms.ts";
import type { Priced } from "./prices.ts";
import type { Revision } from "./revision.ts";
import { BPS, RAY, mulDivCeil, mulDivFloor, percentMul } from "./wad-ray-math.ts";

/** The pair a liquidator chose, with balances, prices and units at the moment of the call. */
export interface Pair {
  readonly collateral: Priced;
  readonly debt: Priced;
}

/** What one call moves, in the assets' units. */
export interface Amounts {
  /** Debt that the liquidator repays. */
  readonly repaid: bigint;
  /** Collateral that the liquidator receives, and the protocol's share of the bonus; together they leave the account. */
  readonly seized: bigint;
  readonly fee: bigint;
  /** Value of what leaves the account, base units, down. */
  readonly leavingValue: bigint;
}

/**
 * Largest debt that one call may repay: all of the reserve's, or half of the account's total where health is above 0.95 and
 * collateral and debt of the pair are both worth at least 2,000.
 * @source aave-v3-origin 3.6.0, LiquidationLogic.executeLiquidationCall
 */
export function halfOfAccount(pair: Pair, data: AccountData, closeFactor: CloseFactor, revision: Revision): bigint {
  const { collateral, debt } = pair;
  const value = owedValue(debt, revision);
  const large = suppliedValue(collateral) >= closeFactor.wholeUnder && value >= closeFactor.wholeUnder;
  const mild = data.health !== "no-debt" && data.health > closeFactor.wholeAtOrBelow;
  const share = percentMul(data.debt, closeFactor.normal);
  if (!large || !mild || value <= share) return debt.owed;
  return mulDivFloor(share, debt.unit, debt.price);
}

/**
 * The same in the old contracts: all of the reserve's debt, or half of it where health is above 0.95.
 * @source core-v3 1.19.3, LiquidationLogic._calculateDebt
 */
export function halfOfReserve({ debt }: Pair, { health }: AccountData, closeFactor: CloseFactor): bigint {
  const mild = health !== "no-debt" && health > closeFactor.wholeAtOrBelow;
  return percentMul(debt.owed, mild ? closeFactor.normal : BPS);
}

/**
 * What a call that repays `toCover` (already within the largest allowed) moves.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, LiquidationLogic._calculateAvailableCollateralToLiquidate
 */
export function liquidationAmounts({ collateral, debt }: Pair, toCover: bigint, revision: Revision): Amounts {
  const { withBonus, withoutBonus, fee: feeOf, needed } = revision.liquidation;
  const { liquidationBonus } = collateral.counts;
  const base = mulDivFloor(debt.price * toCover, collateral.unit, collateral.price * debt.unit);
  const wanted = withBonus(base, liquidationBonus);
  const capped = wanted > collateral.supplied;
  const leaving = capped ? collateral.supplied : wanted;
  const repaid = capped
    ? needed(mulDivFloor(collateral.price * leaving, debt.unit, debt.price * collateral.unit), liquidationBonus)
    : toCover;
  const bonus = leaving - withoutBonus(leaving, liquidationBonus);
  const fee = feeOf(bonus, collateral.terms.liquidationProtocolFee);
  return {
    repaid,
    seized: leaving - fee,
    fee,
    leavingValue: mulDivFloor(leaving, collateral.price, collateral.unit),
  };
}

/** Whether a call takes the value of the whole account's collateral. @source aave-v3-origin 3.6.0, LiquidationLogic.executeLiquidationCall */
export const leavesNoValue = (_pair: Pair, { leavingValue }: Amounts, collateral: bigint): boolean =>
  leavingValue === collateral;

/**
 * The same by the scaled aTokens that go, burned and paid as fee each rounded up: what is left of them may be worth nothing.
 * @source aave-v3-origin 3.7, docs/3.7 Aave-v3.7-changelog, LiquidationLogic
 */
export function consumesAll({ collateral }: Pair, { seized, fee }: Amounts, total: bigint): boolean {
  const { held, indices, price, unit } = collateral;
  const scaled = mulDivCeil(seized, RAY, indices.supply) + mulDivCeil(fee, RAY, indices.supply);
  const consumed = minOf(scaled, held.scaledSupply);
  return mulDivFloor(mulDivFloor(consumed, indices.supply, RAY), price, unit) === total;
}

/**
 * Whether a call leaves so little debt or collateral that nobody would come back for it; a side that is emptied may be.
 * @source aave-v3-origin 3.6.0, LiquidationLogic.executeLiquidationCall (MustNotLeaveDust)
 */
export function leavesDust({ collateral, debt }: Pair, amounts: Amounts, { leaveAtLeast }: CloseFactor): boolean {
  const [debtLeft, collateralLeft] = [debt.owed - amounts.repaid, collateral.supplied - amounts.seized - amounts.fee];
  if (debtLeft <= 0n || collateralLeft <= 0n) return false;
  return (
    mulDivCeil(debtLeft, debt.price, debt.unit) < leaveAtLeast ||
    mulDivFloor(collateralLeft, collateral.price, collateral.unit) < leaveAtLeast
  );
}

/**
 * The largest amount of debt that one call can repay without leaving dust; 0 where every amount would leave some.
 * Both leftovers shrink as the amount grows, so below the largest allowed the answer is found by halving.
 */
export function largestCover(pair: Pair, data: AccountData, closeFactor: CloseFactor, revision: Revision): bigint {
  const dusty = (cover: bigint) => leavesDust(pair, liquidationAmounts(pair, cover, revision), closeFactor);
  const most = revision.liquidation.closeFactor(pair, data, closeFactor, revision);
  if (!dusty(most)) return most;
  let [clean, dust] = [0n, most];
  while (dust - clean > 1n) {
    const middle = (clean + dust) / 2n;
    if (dusty(middle)) dust = middle;
    else clean = middle;
  }
  return clean;
}
