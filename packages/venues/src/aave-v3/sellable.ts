import { type Result, type Why, exact, fail, minOf, ok, text, why } from "@plimsoll/core/units";
import type { FlashSale } from "./flash-sale.ts";
import { type Position, readPositions } from "./position.ts";
import { openReserve, refused } from "./reserve-access.ts";

/** Something that could be pulled and sold: up to `most` units, all that is supplied or what the pool holds of it. */
export interface Sellable {
  readonly position: Position;
  readonly most: bigint;
}

/**
 * What the pool lends for the length of a call, in the asset's units; or why it lends nothing.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, ValidationLogic.validateFlashloanSimple: freezing does not stop it, pausing does
 */
export function flashable({ debt }: FlashSale): Result<bigint, Why> {
  const { asset } = debt.terms;
  const open = openReserve(debt);
  if (!open.ok) return open;
  if (!debt.terms.flashLoanEnabled)
    return fail(refused("FlashloanDisabled", { asset, next: "repay from the wallet or with what is supplied of it" }));
  return availableOf(debt);
}

/** What the pool can pay out of a reserve now. What was written by hand says nothing of it: not known is not the same as none. */
function availableOf({ held: { pool }, terms: { asset } }: Position): Result<bigint, Why> {
  if (pool === "not-read") {
    const next = "read the account from its chain: how much the pool can pay out is not known";
    return fail(why("aave-v3/pool-not-read", { asset, next }));
  }
  if (pool.virtualBalance > 0n) return ok(pool.virtualBalance);
  const next = `wait until ${asset} is supplied or repaid`;
  return fail(why("aave-v3/not-enough-liquidity", { asset, available: "0", next }));
}

/**
 * What can be pulled now, in the order in which the pool allows it: what is no collateral, then collateral of LTV zero, then the
 * rest, which stays locked while any collateral of LTV zero is left. @returns why not, where nothing can be pulled at all.
 * @source aave-v3-origin 3.6.0, ValidationLogic.validateWithdraw, validateHFAndLtvzero
 */
export function sellables(sale: FlashSale): Result<readonly Sellable[], Why> {
  const found: Sellable[] = [];
  const locks: Why[] = [];
  let first: Sellable | undefined;
  for (const position of inTurn(sale)) {
    const pulled = pullable(position);
    const most = pulled.ok ? pulled.value : 0n;
    if (!pulled.ok) locks.push(pulled.failure);
    else if (turnOf(position) === 2 && first !== undefined) locks.push(ltvZeroFirst(position, first));
    else found.push({ position, most });
    if (turnOf(position) === 1 && most < position.supplied) first ??= { position, most };
  }
  if (found.length > 0) return ok(found);
  const nothing = why("aave-v3/nothing-to-sell", { asset: sale.debt.terms.asset, next: "repay from the wallet" });
  return fail(locks.find(({ facts }) => facts["revert"] === "LtvValidationFailed") ?? locks[0] ?? nothing);
}

/** The same where the whole of the only debt is repaid first: without debt the pool locks nothing. */
export const unlocked = (sale: FlashSale): readonly Sellable[] =>
  inTurn(sale).flatMap((position) => {
    const most = pullable(position);
    return most.ok ? [{ position, most: most.value }] : [];
  });

function inTurn({ body, scene, debt }: FlashSale): readonly Position[] {
  const positions = readPositions(body, scene.terms.body);
  if (!positions.ok) return [];
  return positions.value
    .filter(({ supplied, held }) => supplied > 0n && held.id !== debt.held.id)
    .toSorted((a, b) => turnOf(a) - turnOf(b) || a.held.id - b.held.id);
}

const turnOf = ({ isCollateral, counts }: Position): 0 | 1 | 2 => (!isCollateral ? 0 : counts.ltv === 0n ? 1 : 2);

function pullable(position: Position): Result<bigint, Why> {
  const open = openReserve(position);
  if (!open.ok) return open;
  const available = availableOf(position);
  return available.ok ? ok(minOf(position.supplied, available.value)) : available;
}

const ltvZeroFirst = ({ terms }: Position, { position: first, most }: Sellable): Why =>
  refused("LtvValidationFailed", {
    asset: terms.asset,
    first: first.terms.asset,
    available: text(exact(most, first.terms.decimals)),
    supplied: text(exact(first.supplied, first.terms.decimals)),
    next: `${first.terms.asset} has LTV zero and must leave whole before ${terms.asset} may, and too little of it can leave`,
  });
