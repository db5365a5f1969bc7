import { type Exact, type Result, type Why, exact, fail, ok, pow10, text } from "@plimsoll/core/units";
import { categoryOf, countsFor } from "./e-mode.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms, ReserveTerms } from "./terms.ts";
import { indicesAt } from "./indices.ts";
import { isolatedCollateral } from "./isolation.ts";
import { moveSupply, settleReserve, touchReserve } from "./reserve.ts";
import { type Reserve, openReserve, refused, unitsOf, withReserve } from "./reserve-access.ts";
import { type Revision, revisionOf } from "./revision.ts";
import { collateralIds, withCollateral } from "./user-config.ts";
import { RAY } from "./wad-ray-math.ts";
import { payFromWallet } from "./wallet.ts";

/**
 * The holding after the payer supplies `amount` on behalf of the user.
 * @returns why not: no such amount, inactive, paused, frozen, above the cap, wallet or allowance too small.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, SupplyLogic.executeSupply, ValidationLogic.validateSupply
 */
export function supply(body: AaveBody, terms: AaveTerms, reserve: Reserve, amount: Exact): Result<AaveBody, Why> {
  const units = unitsOf(amount, reserve.terms);
  if (!units.ok) return units;
  const revision = revisionOf(terms);
  const touched = touchReserve(reserve.held, reserve.terms, body.timestamp, revision);
  const index = indicesAt(touched.pool, body.timestamp, revision).supply;
  const scaled = revision.tokens.scaledToMintSupply(units.value, index);
  const allowed = validateSupply({ ...reserve, held: touched }, { units: units.value, scaled, index }, revision);
  if (!allowed.ok) return allowed;
  const settled = settleReserve(touched, reserve.terms, { added: units.value }, revision);
  if (!settled.ok) return settled;
  const paid = payFromWallet(settled.value, reserve.terms, units.value);
  if (!paid.ok) return paid;
  if (scaled === 0n)
    return fail(refused("InvalidMintAmount", { asset: reserve.terms.asset, next: "supply more than dust" }));
  const first = reserve.held.scaledSupply === 0n;
  const becomesCollateral = first && enablesItself(body, terms, reserve.terms);
  return ok({
    ...withReserve(body, moveSupply(paid.value, scaled)),
    config: becomesCollateral ? withCollateral(body.config, reserve.terms.id, true) : body.config,
  });
}

interface Minted {
  readonly units: bigint;
  readonly scaled: bigint;
  readonly index: bigint;
}

function validateSupply(
  reserve: Reserve,
  { units, scaled, index }: Minted,
  { counts, tokens }: Revision,
): Result<void, Why> {
  const { held, terms } = reserve;
  if (scaled === 0n && counts === "scaled")
    return fail(refused("InvalidAmount", { asset: terms.asset, next: "supply more than dust" }));
  const open = openReserve(reserve);
  if (!open.ok) return open;
  if (terms.frozen)
    return fail(refused("ReserveFrozen", { asset: terms.asset, next: "supply another asset, or repay debt" }));
  if (terms.supplyCap === 0n || held.pool === "not-read") return ok(undefined);
  const before = held.pool.scaledSupply + held.pool.accruedToTreasury;
  const after = counts === "scaled" ? tokens.supplyOf(before + scaled, index) : tokens.supplyOf(before, index) + units;
  if (after <= terms.supplyCap * pow10(terms.decimals)) return ok(undefined);
  return fail(
    refused("SupplyCapExceeded", {
      asset: terms.asset,
      cap: `${terms.supplyCap}`,
      supplied: text(exact(after, terms.decimals)),
      next: "supply less, or repay debt",
    }),
  );
}

/**
 * The largest amount that still fits under the supply cap, in the asset's units: one more is refused.
 * @returns "no-cap" where there is none, or the pool was not read.
 */
export function roomUnderCap(body: AaveBody, terms: AaveTerms, reserve: Reserve): bigint | "no-cap" {
  const revision = revisionOf(terms);
  const { pool } = touchReserve(reserve.held, reserve.terms, body.timestamp, revision);
  if (reserve.terms.supplyCap === 0n || pool === "not-read") return "no-cap";
  const index = indicesAt(pool, body.timestamp, revision).supply;
  const before = pool.scaledSupply + pool.accruedToTreasury;
  const cap = reserve.terms.supplyCap * pow10(reserve.terms.decimals);
  const room =
    revision.counts === "amounts" ? cap - revision.tokens.supplyOf(before, index) : amountUnder(cap, before, index);
  return room > 0n ? room : 0n;
}

/** The largest amount whose scaled tokens, rounded down, bring the rounded total to the cap at most. */
function amountUnder(cap: bigint, before: bigint, index: bigint): bigint {
  const scaledTotal = ((cap + 1n) * RAY - 1n) / index;
  return ((scaledTotal - before + 1n) * index - 1n) / RAY;
}

/**
 * Whether a first supply becomes collateral by itself: it lends something, is not isolated, and the user is not in isolation.
 * @source aave-v3-origin 3.6.0, ValidationLogic.validateAutomaticUseAsCollateral, validateUseAsCollateral
 */
function enablesItself(body: AaveBody, terms: AaveTerms, reserve: ReserveTerms): boolean {
  if (reserve.debtCeiling !== 0n) return false;
  if (countsFor(reserve, categoryOf(terms, body.eMode)).ltv === 0n) return false;
  return collateralIds(body.config).length === 0 || isolatedCollateral(body.config, terms) === undefined;
}
