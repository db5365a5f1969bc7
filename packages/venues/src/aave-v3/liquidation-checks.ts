import { type Result, type Why, exact, fail, ok, text } from "@plimsoll/core/units";
import type { AccountData } from "./account-data.ts";
import { isLiquidatable } from "./health.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import type { Pair } from "./liquidation-amounts.ts";
import { openReserve, refused } from "./reserve-access.ts";
import { revisionOf } from "./revision.ts";

/**
 * Whether the pool lets anybody liquidate this pair now.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, ValidationLogic.validateLiquidationCall, in the order of its checks
 */
export function validateLiquidation(
  body: AaveBody,
  terms: AaveTerms,
  { collateral, debt }: Pair,
  { health }: AccountData,
): Result<void, Why> {
  const { closeFactor } = terms;
  const pair = `${collateral.terms.asset} for ${debt.terms.asset}`;
  const closed =
    [collateral, debt].find(({ terms }) => !terms.active) ?? [collateral, debt].find(({ terms }) => terms.paused);
  if (closed !== undefined) return openReserve(closed);
  // The sentinel's bound is the same 0.95 as the close factor's, but strictly below.
  const deep = health !== "no-debt" && health < closeFactor.wholeAtOrBelow;
  if (revisionOf(terms).sentinel && !deep && !body.sentinel.liquidationAllowed)
    return fail(refused("PriceOracleSentinelCheckFailed", { pair, next: "wait until the sequencer's grace is over" }));
  const grace = [collateral, debt].find(({ terms }) => terms.liquidationGraceUntil >= body.timestamp);
  if (grace !== undefined)
    return fail(
      refused("LiquidationGraceSentinelCheckFailed", {
        pair,
        until: `${grace.terms.liquidationGraceUntil}`,
        next: "wait until the reserve's grace period is over",
      }),
    );
  if (!isLiquidatable(health))
    return fail(
      refused("HealthFactorNotBelowThreshold", {
        health: health === "no-debt" ? "no debt" : text(exact(health, 18)),
        next: "nothing: the account is safe",
      }),
    );
  if (!collateral.isCollateral)
    return fail(refused("CollateralCannotBeLiquidated", { pair, next: "name an asset that is used as collateral" }));
  if (debt.owed === 0n)
    return fail(refused("SpecifiedCurrencyNotBorrowedByUser", { pair, next: "name an asset that is owed" }));
  return ok(undefined);
}
