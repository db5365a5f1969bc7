import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, exact, fail, ok, text } from "@plimsoll/core/units";
import { type AccountData, accountData } from "./account-data.ts";
import { categoryOf, countsFor } from "./e-mode.ts";
import { isLiquidatable } from "./health.ts";
import type { AaveBody } from "./holding.ts";
import { readPositions } from "./position.ts";
import { pricePositions } from "./prices.ts";
import { refused } from "./reserve-access.ts";
import { revisionOf } from "./revision.ts";
import type { AaveTerms, ReserveTerms } from "./terms.ts";
import { isFlagged } from "./user-config.ts";

/** The account's data where health is at least 1, else the refusal. @source aave-v3-origin 3.6.0, ValidationLogic.validateHealthFactor */
export function healthyAfter(after: AaveBody, scene: Scene<AaveTerms>, next: string): Result<AccountData, Why> {
  const terms = scene.terms.body;
  const positions = readPositions(after, terms);
  if (!positions.ok) return positions;
  const priced = pricePositions(positions.value.filter(isFlagged), scene);
  if (!priced.ok) return priced;
  const data = accountData(priced.value, revisionOf(terms));
  if (data.health === "no-debt" || !isLiquidatable(data.health)) return ok(data);
  const health = text(exact(data.health, 18));
  return fail(refused("HealthFactorLowerThanLiquidationThreshold", { health, next }));
}

/**
 * Health at least 1, and no LTV-zero collateral stays behind while other collateral leaves.
 * @source aave-v3-origin 3.6.0, ValidationLogic.validateHFAndLtvzero
 */
export function staysSafe(after: AaveBody, scene: Scene<AaveTerms>, leaving: ReserveTerms): Result<AaveBody, Why> {
  const healthy = healthyAfter(after, scene, "withdraw less, or repay first");
  if (!healthy.ok) return healthy;
  const { ltv } = countsFor(leaving, categoryOf(scene.terms.body, after.eMode));
  if (!healthy.value.hasZeroLtvCollateral || ltv === 0n) return ok(after);
  return fail(
    refused("LtvValidationFailed", { asset: leaving.asset, next: "withdraw the collateral whose LTV is 0 first" }),
  );
}
