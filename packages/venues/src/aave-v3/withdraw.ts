import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, fail, ok } from "@plimsoll/core/units";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { indicesAt } from "./indices.ts";
import { moveSupply, settleReserve, touchReserve } from "./reserve.ts";
import { type Reserve, openReserve, refused, unitsOf, withReserve } from "./reserve-access.ts";
import { revisionOf } from "./revision.ts";
import { staysSafe } from "./stays-safe.ts";
import { borrowsAny, usesAsCollateral, withCollateral } from "./user-config.ts";
import { receive } from "./wallet.ts";

/**
 * The holding after the user withdraws to the own wallet.
 * @returns why not: more than supplied, inactive, paused, not enough liquidity, health below 1 afterwards, or LTV-zero collateral
 *   that must leave first.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, SupplyLogic.executeWithdraw, ValidationLogic.validateWithdraw, validateHFAndLtvzero
 */
export function withdraw(
  body: AaveBody,
  scene: Scene<AaveTerms>,
  reserve: Reserve,
  amount: Exact | "all",
): Result<AaveBody, Why> {
  const { terms } = reserve;
  const revision = revisionOf(scene.terms.body);
  const { supplyOf, scaledToBurnSupply } = revision.tokens;
  const touched = touchReserve(reserve.held, terms, body.timestamp, revision);
  const index = indicesAt(touched.pool, body.timestamp, revision).supply;
  const units = amount === "all" ? ok(supplyOf(touched.scaledSupply, index)) : unitsOf(amount, terms);
  if (!units.ok) return units;
  const scaled = amount === "all" ? touched.scaledSupply : scaledToBurnSupply(units.value, index);
  const allowed = validateWithdraw(reserve, units.value, supplyOf(touched.scaledSupply, index));
  if (!allowed.ok) return allowed;
  const settled = settleReserve(touched, terms, { taken: units.value }, revision);
  if (!settled.ok) return settled;
  if (scaled === 0n) return fail(refused("InvalidBurnAmount", { asset: terms.asset, next: "withdraw more than dust" }));
  const burned = moveSupply(settled.value, -scaled);
  const paid = body.payer === body.user ? receive(burned, units.value) : burned;
  const gone =
    revision.counts === "scaled" ? burned.scaledSupply === 0n : units.value === supplyOf(touched.scaledSupply, index);
  const empties = usesAsCollateral(body.config, terms.id) && gone;
  const config = empties ? withCollateral(body.config, terms.id, false) : body.config;
  const after = { ...withReserve(body, paid), config };
  if (!usesAsCollateral(body.config, terms.id) || !borrowsAny(body.config)) return ok(after);
  return staysSafe(after, scene, terms);
}

function validateWithdraw(reserve: Reserve, units: bigint, balance: bigint): Result<void, Why> {
  const { asset } = reserve.terms;
  if (units === 0n) return fail(refused("InvalidAmount", { asset, next: "withdraw an amount above 0" }));
  if (units > balance)
    return fail(refused("NotEnoughAvailableUserBalance", { asset, next: 'withdraw less, or "all"' }));
  return openReserve(reserve);
}
