import { type Result, type Why, fail, invariant, minOf, ok } from "@plimsoll/core/units";
import type { AaveBody, ReserveHeld } from "./holding.ts";
import type { AaveTerms, ReserveTerms } from "./terms.ts";
import { indicesAt } from "./indices.ts";
import { isolatedCollateral, lessIsolatedDebt } from "./isolation.ts";
import type { Amounts, Pair } from "./liquidation-amounts.ts";
import { refused, withReserve } from "./reserve-access.ts";
import { burnDebt, moveSupply, settleReserve, touchReserve, treasuryShare, withPool } from "./reserve.ts";
import type { Priced } from "./prices.ts";
import type { Revision } from "./revision.ts";
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
export interface How {
  /** The call takes the last collateral value of the account: what stays owed becomes the pool's deficit. */
  readonly emptied: boolean;
  readonly receiveAToken: boolean;
}

export type Execute = (
  body: AaveBody,
  terms: AaveTerms,
  pair: Pair,
  amounts: Amounts,
  how: How,
  revision: Revision,
) => Result<Liquidated, Why>;

/**
 * The holding after a call that passed its checks, in the contract's order: debt burned, collateral taken, fee, other debts.
 * @source aave-v3-origin 3.6.0, LiquidationLogic.executeLiquidationCall, _burnCollateralATokens, _burnBadDebt
 */
export const executeLiquidation: Execute = (body, terms, pair, amounts, { emptied, receiveAToken }, revision) => {
  const { collateral, debt } = pair;
  const opened = touchBoth(body, pair, revision);
  const config = configAfter(opened.config, pair, amounts);
  const repaid = burnReserveDebt({ ...opened, config }, debt.terms, amounts.repaid, emptied, revision);
  if (!repaid.ok) return repaid;
  const counted =
    collateral.terms.debtCeiling === 0n
      ? repaid.value.after
      : lessIsolatedDebt(repaid.value.after, collateral.terms.id, debt.terms, amounts.repaid);
  const taken = takeCollateral(counted, collateral.terms, amounts, { receiveAToken }, revision);
  if (!taken.ok) return taken;
  const written = emptied ? writeOffDebts(taken.value, terms, revision) : ok({ after: taken.value, deficits: [] });
  if (!written.ok) return written;
  const deficits = [{ asset: debt.terms, amount: repaid.value.deficit }, ...written.value.deficits];
  return ok({ ...amounts, after: written.value.after, deficits: deficits.filter(({ amount }) => amount > 0n) });
};

/**
 * The same in the old contracts: no bad debt is written off; a collateral reserve whose aTokens change hands is not touched at
 * all; isolation is looked up after the flags have changed; and where collateral and debt are one reserve, its second rates do
 * not yet see what is repaid.
 * @source core-v3 1.19.3, LiquidationLogic.executeLiquidationCall
 */
export const executeBefore31: Execute = (body, terms, pair, amounts, { receiveAToken }, revision) => {
  const { collateral, debt } = pair;
  const touch = (at: AaveBody, { terms: reserve }: Priced): AaveBody =>
    withReserve(at, touchReserve(heldOf(at, reserve.id), reserve, body.timestamp, revision));
  const opened = touch(body, debt);
  const flagged = { ...opened, config: configAfter(opened.config, pair, amounts) };
  const repaid = burnReserveDebt(flagged, debt.terms, amounts.repaid, false, revision);
  if (!repaid.ok) return repaid;
  const { after } = repaid.value;
  const isolated = isolatedCollateral(after.config, terms);
  const counted = isolated === undefined ? after : lessIsolatedDebt(after, isolated.id, debt.terms, amounts.repaid);
  const late = collateral.held.id === debt.held.id ? amounts.repaid : 0n;
  const ready = receiveAToken ? counted : touch(counted, collateral);
  const taken = takeCollateral(ready, collateral.terms, amounts, { receiveAToken, late }, revision);
  return taken.ok ? ok({ ...amounts, after: taken.value, deficits: [] }) : taken;
};

/** The flag of a collateral goes with its last unit. */
const configAfter = (config: bigint, { collateral }: Pair, { seized, fee }: Amounts): bigint =>
  seized + fee === collateral.supplied ? withCollateral(config, collateral.terms.id, false) : config;

/**
 * Both reserves touched. Where they are one, the contract updates it from two copies taken before the first update:
 * indices come out the same, but the treasury's share is accrued twice.
 */
function touchBoth(body: AaveBody, { collateral, debt }: Pair, revision: Revision): AaveBody {
  const touched = touchReserve(debt.held, debt.terms, body.timestamp, revision);
  const withDebt = withReserve(body, touched);
  if (collateral.held.id !== debt.held.id)
    return withReserve(withDebt, touchReserve(collateral.held, collateral.terms, body.timestamp, revision));
  const before = debt.held.pool;
  if (before === "not-read" || before.lastUpdate === body.timestamp) return withDebt;
  const twice = withPool(touched, (pool) => ({
    accruedToTreasury: pool.accruedToTreasury + treasuryShare(before, pool, debt.terms, revision),
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
  revision: Revision,
): Result<{ readonly after: AaveBody; readonly deficit: bigint }, Why> {
  const held = heldOf(body, terms.id);
  const index = indicesAt(held.pool, body.timestamp, revision).debt;
  const owed = revision.tokens.debtOf(held.scaledDebt, index);
  const scaled = revision.tokens.scaledToBurnDebt(everything ? owed : repaid, index);
  if (owed !== 0n && scaled === 0n)
    return fail(refused("InvalidBurnAmount", { asset: terms.asset, value: `${repaid}`, next: "cover more debt" }));
  const deficit = everything ? owed - repaid : 0n;
  const burned = withPool(burnDebt(held, scaled), (pool) => ({ deficit: pool.deficit + deficit }));
  const settled = settleReserve(burned, terms, { added: repaid }, revision);
  if (!settled.ok) return settled;
  const closed = revision.counts === "scaled" ? burned.scaledDebt === 0n : repaid === owed;
  const config = closed ? withBorrowing(body.config, terms.id, false) : body.config;
  return ok({ after: { ...withReserve(body, settled.value), config }, deficit });
}

/** Collateral to the liquidator, as the underlying or as aTokens, then the fee to the treasury as aTokens. */
function takeCollateral(
  body: AaveBody,
  terms: ReserveTerms,
  { seized, fee }: Amounts,
  { receiveAToken, late = 0n }: { readonly receiveAToken: boolean; readonly late?: bigint },
  revision: Revision,
): Result<AaveBody, Why> {
  const { scaledToBurnSupply } = revision.tokens;
  const held = heldOf(body, terms.id);
  const index = indicesAt(held.pool, body.timestamp, revision).supply;
  const scaled = scaledToBurnSupply(seized, index);
  const settled = receiveAToken
    ? ok(held)
    : settleReserve(lessLate(held, late), terms, { taken: seized, late }, revision);
  if (!settled.ok) return settled;
  if (!receiveAToken && scaled === 0n)
    return fail(refused("InvalidBurnAmount", { asset: terms.asset, value: `${seized}`, next: "cover more debt" }));
  const left = receiveAToken ? transferSupply(held, scaled) : moveSupply(settled.value, -scaled);
  return ok(withReserve(body, transferSupply(left, minOf(scaledToBurnSupply(fee, index), left.scaledSupply))));
}

const lessLate = (held: ReserveHeld, late: bigint): ReserveHeld =>
  late === 0n ? held : withPool(held, ({ virtualBalance }) => ({ virtualBalance: virtualBalance - late }));

/** aTokens of the user to somebody else: the pool's total stays. */
const transferSupply = (held: ReserveHeld, scaled: bigint): ReserveHeld => ({
  ...held,
  scaledSupply: held.scaledSupply - scaled,
});

/** Burns every other debt of an account without collateral, each into its own reserve's deficit. */
function writeOffDebts(
  body: AaveBody,
  terms: AaveTerms,
  revision: Revision,
): Result<{ readonly after: AaveBody; readonly deficits: readonly Deficit[] }, Why> {
  let after = body;
  const deficits: Deficit[] = [];
  for (const asset of terms.reserves) {
    if (!borrows(body.config, asset.id) || !asset.active) continue;
    const touched = withReserve(after, touchReserve(heldOf(after, asset.id), asset, body.timestamp, revision));
    const burned = burnReserveDebt(touched, asset, 0n, true, revision);
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
