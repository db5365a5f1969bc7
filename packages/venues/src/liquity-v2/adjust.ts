import { type Result, type Why, exact, fail, ok, text } from "@plimsoll/core/units";
import type { LiquityBody } from "./holding.ts";
import { modeOf } from "./mode.ts";
import { type Position, adjustableFrom } from "./position.ts";
import { isBelow, ratioOf } from "./prices.ts";
import { refused } from "./refused.ts";
import type { LiquityTerms } from "./terms.ts";
import { type Change, remove, touch } from "./touch.ts";
import { payFrom } from "./wallet.ts";

/**
 * The holding after the owner adds or takes collateral, or repays a part.
 * @returns why not: shut down, a zombie, a ratio that is still too low, a branch that would become or is critical.
 * @source liquity/bold BorrowerOperations.sol, _adjustTrove, _requireValidAdjustmentInCurrentMode; borrowing is not offered
 */
export function adjust(body: LiquityBody, position: Position, change: Change, price: bigint): Result<LiquityBody, Why> {
  const { trove, now } = position;
  const mode = modeOf(position, price);
  if (mode === "shut down")
    return fail(refused("IsShutDown", { branch: trove.branch, next: "repay all: a shut branch only closes troves" }));
  if (trove.status === "zombie")
    return fail(refused("TroveNotActive", { trove: trove.id, next: "repay all, or borrow back above the least debt" }));
  const ratio = ratioOf(now.coll + change.coll, now.debt + change.debt, price);
  const least = adjustableFrom(position);
  if (isBelow(ratio, least)) return fail(tooLow(position, ratio, least));
  if (mode === "critical" && change.coll < 0n)
    return fail(
      refused("RepaymentNotMatchingCollWithdrawal", {
        branch: trove.branch,
        next: "take nothing out while the branch is below its critical ratio",
      }),
    );
  if (mode === "open" && leavesCritical(position, change, price))
    return fail(refused("TCRBelowCCR", { branch: trove.branch, next: "take less: the branch would become critical" }));
  return ok(touch(body, position, change));
}

function tooLow({ trove, batch }: Position, ratio: bigint | "no-debt", least: bigint): Why {
  return refused(batch === undefined ? "ICRBelowMCR" : "ICRBelowMCRPlusBCR", {
    trove: trove.id,
    ratio: ratio === "no-debt" ? ratio : text(exact(ratio, 18)),
    least: text(exact(least, 18)),
    next: "add or repay enough to lead back above the least ratio",
  });
}

function leavesCritical({ branch: { totals }, terms }: Position, change: Change, price: bigint): boolean {
  if (totals === "unknown") return false;
  return isBelow(ratioOf(totals.coll + change.coll, totals.debt + change.debt, price), terms.ccr);
}

/**
 * The holding after the owner repays everything: the collateral and the gas deposit come back.
 * @source liquity/bold BorrowerOperations.sol, closeTrove; that it is not the branch's last trove is not looked at
 */
export function close(
  body: LiquityBody,
  position: Position,
  price: bigint,
  terms: LiquityTerms,
): Result<LiquityBody, Why> {
  const { trove, now } = position;
  const change = { coll: -now.coll, debt: -now.debt };
  if (modeOf(position, price) !== "shut down" && leavesCritical(position, change, price))
    return fail(refused("TCRBelowCCR", { branch: trove.branch, next: "repay a part: the branch would be critical" }));
  const paid = payFrom(body, terms.stable, now.debt);
  if (!paid.ok) return paid;
  const back = payFrom(remove(paid.value, position), trove.branch, -now.coll);
  return back.ok ? payFrom(back.value, terms.gas.asset, -terms.gas.deposit) : back;
}
