import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, exact, fail, ok } from "@plimsoll/core/units";
import type { AaveBody } from "./holding.ts";
import { indicesAt } from "./indices.ts";
import { burnPayback } from "./repay.ts";
import { type Reserve, refused, withReserve } from "./reserve-access.ts";
import { moveSupply, touchReserve } from "./reserve.ts";
import { revisionOf } from "./revision.ts";
import { healthyAfter } from "./stays-safe.ts";
import type { AaveTerms } from "./terms.ts";
import { borrowsAny, usesAsCollateral, withCollateral } from "./user-config.ts";

/**
 * The holding after the user repays with aTokens of the asset that is owed: needs no liquidity and no money; "all" is as much as there is.
 * @returns why not: as for a repayment, more than is supplied, or health below 1 afterwards where the supply was collateral.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, BorrowLogic.executeRepay (useATokens)
 */
export function repayWithOwnSupply(
  body: AaveBody,
  scene: Scene<AaveTerms>,
  reserve: Reserve,
  amount: Exact | "all",
): Result<AaveBody, Why> {
  const terms = scene.terms.body;
  const revision = revisionOf(terms);
  const { id, asset, decimals } = reserve.terms;
  // "all" is what there is of both: the pool takes the smaller of supply and debt.
  const touched = touchReserve(reserve.held, reserve.terms, body.timestamp, revision);
  const supplied = revision.tokens.supplyOf(
    touched.scaledSupply,
    indicesAt(touched.pool, body.timestamp, revision).supply,
  );
  const repaid = burnPayback(body, terms, reserve, amount === "all" ? exact(supplied, decimals) : amount, "aTokens");
  if (!repaid.ok) return repaid;
  const { after, held, payback } = repaid.value;
  const scaled = revision.tokens.scaledToBurnSupply(payback, indicesAt(held.pool, body.timestamp, revision).supply);
  if (scaled > held.scaledSupply)
    return fail(refused("NotEnoughAvailableUserBalance", { asset, next: "repay at most what is supplied" }));
  if (scaled === 0n) return fail(refused("InvalidBurnAmount", { asset, value: `${payback}`, next: "repay more" }));
  const burned = withReserve(after, moveSupply(held, -scaled));
  if (!revision.checksOwnSupply || !usesAsCollateral(after.config, id)) return ok(burned);
  const config = held.scaledSupply === scaled ? withCollateral(after.config, id, false) : after.config;
  const closed = { ...burned, config };
  if (!borrowsAny(config)) return ok(closed);
  const healthy = healthyAfter(closed, scene, "repay with money, or repay more");
  return healthy.ok ? ok(closed) : healthy;
}
