import { type AccountData, owedValue, suppliedValue } from "./account-data.ts";
import type { CloseFactor } from "./terms.ts";
import type { Priced } from "./prices.ts";
import { mulDivCeil, mulDivFloor, percentDiv, percentDivCeil, percentMul } from "./wad-ray-math.ts";

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
export function maxLiquidatableDebt(pair: Pair, data: AccountData, closeFactor: CloseFactor): bigint {
  const { collateral, debt } = pair;
  const large = suppliedValue(collateral) >= closeFactor.wholeUnder && owedValue(debt) >= closeFactor.wholeUnder;
  const mild = data.health !== "no-debt" && data.health > closeFactor.wholeAtOrBelow;
  const share = percentMul(data.debt, closeFactor.normal);
  if (!large || !mild || owedValue(debt) <= share) return debt.owed;
  return mulDivFloor(share, debt.unit, debt.price);
}

/**
 * What a call that repays `toCover` (already within the largest allowed) moves.
 * @source aave-v3-origin 3.6.0, LiquidationLogic._calculateAvailableCollateralToLiquidate
 */
export function liquidationAmounts({ collateral, debt }: Pair, toCover: bigint): Amounts {
  const { liquidationBonus } = collateral.counts;
  const base = mulDivFloor(debt.price * toCover, collateral.unit, collateral.price * debt.unit);
  const wanted = percentMul(base, liquidationBonus);
  const capped = wanted > collateral.supplied;
  const leaving = capped ? collateral.supplied : wanted;
  const repaid = capped
    ? percentDivCeil(mulDivFloor(collateral.price * leaving, debt.unit, debt.price * collateral.unit), liquidationBonus)
    : toCover;
  const bonus = leaving - percentDiv(leaving, liquidationBonus);
  const fee = percentMul(bonus, collateral.terms.liquidationProtocolFee);
  return {
    repaid,
    seized: leaving - fee,
    fee,
    leavingValue: mulDivFloor(leaving, collateral.price, collateral.unit),
  };
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
export function largestCover(pair: Pair, data: AccountData, closeFactor: CloseFactor): bigint {
  const dusty = (cover: bigint) => leavesDust(pair, liquidationAmounts(pair, cover), closeFactor);
  const most = maxLiquidatableDebt(pair, data, closeFactor);
  if (!dusty(most)) return most;
  let [clean, dust] = [0n, most];
  while (dust - clean > 1n) {
    const middle = (clean + dust) / 2n;
    if (dusty(middle)) dust = middle;
    else clean = middle;
  }
  return clean;
}
