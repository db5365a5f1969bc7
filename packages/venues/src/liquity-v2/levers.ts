import type { Lever, Scene } from "@plimsoll/core/margin";
import { type AccountKey, assetId, exact, minOf } from "@plimsoll/core/units";
import type { LiquityBody } from "./holding.ts";
import { type Position, positionOf } from "./position.ts";
import type { LiquityTerms } from "./terms.ts";
import { walletOf } from "./wallet.ts";

/**
 * Ways to bring a trove further from its line, within what the wallet holds: repay a part that leaves the least debt, repay all
 * (two levers, since what lies between is refused), add collateral. A zombie and a branch that is shut down only close.
 */
export function leversLiquity(body: LiquityBody, account: AccountKey, scene: Scene<LiquityTerms>): readonly Lever[] {
  const opened = positionOf(body, account, scene.terms.body);
  if (!opened.ok || opened.value.now.debt === 0n) return [];
  const { trove, now } = opened.value;
  const { stable, minDebt } = scene.terms.body;
  const lever = (use: "repay" | "supply", on: string, step: bigint, most: bigint): Lever => ({
    use,
    on,
    step: exact(step, 18),
    most: exact(most, 18),
    act: (amount) => ({ do: use, asset: assetId(on), amount, account }),
  });
  const funds = walletOf(body, stable);
  const within = (most: bigint) => (funds === "unknown" ? most : minOf(most, funds));
  const part = isAdjustable(opened.value) ? within(now.debt - minDebt) : 0n;
  const coll = walletOf(body, trove.branch);
  const more = isAdjustable(opened.value) && coll !== "unknown" ? coll : 0n;
  return [
    ...(part > 0n ? [lever("repay", stable, 1n, part)] : []),
    ...(within(now.debt) === now.debt ? [lever("repay", stable, now.debt, now.debt)] : []),
    ...(more > 0n ? [lever("supply", trove.branch, 1n, more)] : []),
  ];
}

/** Whether anything but closing is offered. */
export const isAdjustable = ({ trove, branch }: Position): boolean =>
  trove.status === "active" && branch.shutdownTime === 0n;
