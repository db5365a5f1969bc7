import { type Result, type Why, fail, invariant, minOf, ok } from "@plimsoll/core/units";
import type { AaveBody, ReserveHeld } from "./holding.ts";
import type { AaveTerms, ReserveTerms } from "./terms.ts";
import { indicesAt } from "./indices.ts";
import { lessIsolatedDebt } from "./isolation.ts";
import type { Amounts, Pair } from "./liquidation-amounts.ts";
import { refused, withReserve } from "./reserve-access.ts";
import { burnDebt, moveSupply, settleReserve, touchReserve, treasuryShare, withPool } from "./reserve.ts";
import { debtOf, scaledToBurnDebt, scaledToBurnSupply } from "./token-math.ts";
import { borrows, withBorrowing, withCollateral } from "./user-config.ts";

/** The holding after a call, and what it moved. */
export interface Liquidated extends Amounts {
  readonly after: AaveBody;
  /** Debt that nobody will pay, by reserve, in the asset's units. */
  readonly deficits: readonly Deficit[];
}
export interface Deficit {
  readonly asset: ReserveTerms;
  readonly amount: bigint;
}
interface How {
  /** The call takes the last collateral value of the account: what stays owed becomes the pool's deficit. */
  readonly emptied: boolean;
  readonly receiveAToken: boolean;
}

/**
 * The holding after a call that passed its checks, in the contract's order: debt burned, collateral taken, fee, other debts.
 * @source aave-v3-origin 3.6.0, LiquidationLogic.executeLiquidationCall, _burnCollateralATokens, _burnBadDebt
 */
export function executeLiquidation(
  body: AaveBody,
  terms: AaveTerms,
  pair: Pair,
  amounts: Amounts,
  { emptied, receiveAToken }: How,
): Result<Liquidated, Why> {
  const { collateral, debt } = pair;
  const takesAll = amounts.seized + amounts.fee === collateral.supplied;
  const opened = touchBoth(body, pair);
  const config = takesAll ? withCollateral(opened.config, collateral.terms.id, false) : opened.config;
  const repaid = burnReserveDebt({ ...opened, config }, debt.terms, amounts.repaid, emptied);
  if (!repaid.ok) return repaid;
  const counted =
    collateral.terms.debtCeiling === 0n
      ? repaid.value.after
      : lessIsolatedDebt(repaid.value.after, collateral.terms.id, debt.terms, amounts.repaid);
  const taken = takeCollateral(counted, collateral.terms, amounts, receiveAToken);
  if (!taken.ok) return taken;
  const written = emptied ? writeOffDebts(taken.value, terms) : ok({ after: taken.value, deficits: [] });
  if (!written.ok) return written;
  const deficits = [{ asset: debt.terms, amount: repaid.value.deficit }, ...written.value.deficits];
  return ok({ ...amounts, after: written.value.after, deficits: deficits.filter(({ amount }) => amount > 0n) });
}

/**
 * Both reserves touched. Where they are one, the contract updates it from two copies taken before the first update:
 * indices come out the same, but the treasury's share is accrued twice.
 */
function touchBoth(body: AaveBody, { collateral, debt }: Pair): AaveBody {
  const touched = touchReserve(debt.held, debt.terms, body.timestamp);
  const withDebt = withReserve(body, touched);
  if (collateral.held.id !== debt.held.id)
    return withReserve(withDebt, touchReserve(collateral.held, collateral.terms, body.timestamp));
  const before = debt.held.pool;
  if (before === "not-read" || before.lastUpdate === body.timestamp) return withDebt;
  const twice = withPool(touched, (pool) => ({
    accruedToTreasury: pool.accruedToTreasury + treasuryShare(before, pool, debt.terms),
  }));
  return withReserve(withDebt, twice);
}

/**
 * Burns the user's debt in a touched reserve: what is repaid, or all of it and the rest becomes the reserve's deficit.
 * @source aave-v3-origin 3.6.0, LiquidationLogic._burnDebtTokens
 */
function burnReserveDebt(
  body: AaveBody,
  terms: ReserveTerms,
  repaid: bigint,
  everything: boolean,
): Result<{ readonly after: AaveBody; readonly deficit: bigint }, Why> {
  const held = heldOf(body, terms.id);
  const index = indicesAt(held.pool, body.timestamp).debt;
  const owed = debtOf(held.scaledDebt, index);
  const scaled = scaledToBurnDebt(everything ? owed : repaid, index);
  if (owed !== 0n && scaled === 0n)
    return fail(refused("InvalidBurnAmount", { asset: terms.asset, value: `${repaid}`, next: "cover more debt" }));
  const deficit = everything ? owed - repaid : 0n;
  const burned = withPool(burnDebt(held, scaled), (pool) => ({ deficit: pool.deficit + deficit }));
  const settled = settleReserve(burned, terms, { added: repaid });
  if (!settled.ok) return settled;
  const config = burned.scaledDebt === 0n ? withBorrowing(body.config, terms.id, false) : body.config;
  return ok({ after: { ...withReserve(body, settled.value), config }, deficit });
}

/** Collateral to the liquidator, as the underlying or as aTokens, then the fee to the treasury as aTokens. */
function takeCollateral(
  body: AaveBody,
  terms: ReserveTerms,
  { seized, fee }: Amounts,
  receiveAToken: boolean,
): Result<AaveBody, Why> {
  const held = heldOf(body, terms.id);
  const index = indicesAt(held.pool, body.timestamp).supply;
  const scaled = scaledToBurnSupply(seized, index);
  const settled = receiveAToken ? ok(held) : settleReserve(held, terms, { taken: seized });
  if (!settled.ok) return settled;
  if (!receiveAToken && scaled === 0n)
    return fail(refused("InvalidBurnAmount", { asset: terms.asset, value: `${seized}`, next: "cover more debt" }));
  const left = receiveAToken ? transferSupply(held, scaled) : moveSupply(settled.value, -scaled);
  return ok(withReserve(body, transferSupply(left, minOf(scaledToBurnSupply(fee, index), left.scaledSupply))));
}

/** aTokens of the user to somebody else: the pool's total stays. */
const transferSupply = (held: ReserveHeld, scaled: bigint): ReserveHeld => ({
  ...held,
  scaledSupply: held.scaledSupply - scaled,
});

/** Burns every other debt of an account without collateral, each into its own reserve's deficit. */
function writeOffDebts(
  body: AaveBody,
  terms: AaveTerms,
): Result<{ readonly after: AaveBody; readonly deficits: readonly Deficit[] }, Why> {
  let after = body;
  const deficits: Deficit[] = [];
  for (const asset of terms.reserves) {
    if (!borrows(body.config, asset.id) || !asset.active) continue;
    const touched = withReserve(after, touchReserve(heldOf(after, asset.id), asset, body.timestamp));
    const burned = burnReserveDebt(touched, asset, 0n, true);
    if (!burned.ok) return burned;
    after = burned.value.after;
    deficits.push({ asset, amount: burned.value.deficit });
  }
  return ok({ after, deficits });
}

function heldOf(body: AaveBody, id: number): ReserveHeld {
  const held = body.reserves.find((each) => each.id === id);
  invariant(held !== undefined, `reserve ${id} is flagged and was read`);
  return held;
}
