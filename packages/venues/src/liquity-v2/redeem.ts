import { type Result, type Why, exact, fail, minOf, ok, text } from "@plimsoll/core/units";
import { WAD } from "./debt.ts";
import type { LiquityBody } from "./holding.ts";
import { type Position, keyOf, positionOf } from "./position.ts";
import { isBelow, ratioOf } from "./prices.ts";
import { refused } from "./refused.ts";
import type { LiquityTerms } from "./terms.ts";
import { touch, withBatchAccrued } from "./touch.ts";

/** A redemption against one trove: at most so much of the stablecoin; the fee's share stays in the trove. */
export type Redemption =
  | { readonly bold: bigint; readonly fee: bigint }
  /** In a branch that was shut down: any trove, with a bonus for the redeemer. */
  | { readonly bold: bigint; readonly fee: "urgent" };

/**
 * The holding after somebody redeems against a trove: debt falls at face value, collateral by as much at the oracle's price.
 * @returns why not: the wrong kind for the branch, or a ratio below one, which a redemption passes over.
 * @source liquity/bold TroveManager.sol, _redeemCollateralFromTrove, _urgentRedeemCollateralFromTrove, _applySingleRedemption
 */
export function redeem(
  body: LiquityBody,
  position: Position,
  redemption: Redemption,
  price: bigint,
  terms: LiquityTerms,
): Result<LiquityBody, Why> {
  const { trove, branch, now: before } = position;
  const urgent = redemption.fee === "urgent";
  if (urgent !== (branch.shutdownTime !== 0n))
    return fail(
      refused(urgent ? "NotShutDown" : "IsShutDown", { branch: trove.branch, next: "read the branch again" }),
    );
  const ratio = ratioOf(before.coll, before.debt, price);
  if (!urgent && isBelow(ratio, WAD))
    return fail(refused("Skipped", { trove: trove.id, next: "nothing: redemptions pass over a ratio below 1" }));
  const accrued = withBatchAccrued(body, position);
  const opened = positionOf(accrued, keyOf(trove), terms);
  if (!opened.ok) return opened;
  const { now } = opened.value;
  const lot = minOf(redemption.bold, now.debt);
  if (lot === 0n)
    return fail(refused("ZeroAmount", { trove: trove.id, debt: text(exact(now.debt, 18)), next: "nothing" }));
  const taken =
    redemption.fee === "urgent" ? urgentLot(lot, opened.value, price, terms) : lotAfterFee(lot, redemption.fee, price);
  const after = touch(accrued, opened.value, { coll: -taken.coll, debt: -taken.debt });
  const zombie = !urgent && now.debt - taken.debt < terms.minDebt;
  if (!zombie) return ok(after);
  const troves = after.troves.map((each) =>
    keyOf(each) === keyOf(trove) ? { ...each, status: "zombie" as const } : each,
  );
  return ok({ ...after, troves });
}

interface Lot {
  readonly debt: bigint;
  readonly coll: bigint;
}

function lotAfterFee(debt: bigint, rate: bigint, price: bigint): Lot {
  const whole = (debt * WAD) / price;
  return { debt, coll: whole - (whole * rate) / WAD };
}

/** With the bonus there may be less collateral than that: then all of it, for as much debt as it pays. */
function urgentLot(debt: bigint, { now }: Position, price: bigint, { urgentBonus }: LiquityTerms): Lot {
  const coll = (debt * (WAD + urgentBonus)) / price;
  if (coll <= now.coll) return { debt, coll };
  return { debt: (now.coll * price) / (WAD + urgentBonus), coll: now.coll };
}
