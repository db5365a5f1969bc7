import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, exact, fail, ok, text } from "@plimsoll/core/units";
import { accountData } from "./account-data.ts";
import { categoryOf, countsFor } from "./e-mode.ts";
import { isLiquidatable } from "./health.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms, ReserveTerms } from "./terms.ts";
import { indicesAt } from "./indices.ts";
import { readPositions } from "./position.ts";
import { pricePositions } from "./prices.ts";
import { moveSupply, settleReserve, touchReserve } from "./reserve.ts";
import { type Reserve, openReserve, refused, unitsOf, withReserve } from "./reserve-access.ts";
import { revisionOf } from "./revision.ts";
import { borrowsAny, usesAsCollateral, withCollateral, isFlagged } from "./user-config.ts";
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

/** Health at least 1, and no LTV-zero collateral stays behind while other collateral leaves. */
function staysSafe(after: AaveBody, scene: Scene<AaveTerms>, leaving: ReserveTerms): Result<AaveBody, Why> {
  const terms = scene.terms.body;
  const positions = readPositions(after, terms);
  if (!positions.ok) return positions;
  const priced = pricePositions(positions.value.filter(isFlagged), scene);
  if (!priced.ok) return priced;
  const { health, hasZeroLtvCollateral } = accountData(priced.value, revisionOf(terms));
  if (health !== "no-debt" && isLiquidatable(health))
    return fail(
      refused("HealthFactorLowerThanLiquidationThreshold", {
        health: text(exact(health, 18)),
        next: "withdraw less, or repay first",
      }),
    );
  if (hasZeroLtvCollateral && countsFor(leaving, categoryOf(terms, after.eMode)).ltv !== 0n)
    return fail(
      refused("LtvValidationFailed", { asset: leaving.asset, next: "withdraw the collateral whose LTV is 0 first" }),
    );
  return ok(after);
}
