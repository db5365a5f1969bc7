import type { BookEvent } from "@plimsoll/core/book";
import type { Ground } from "@plimsoll/core/planner";
import { applyLoss, asleep } from "@plimsoll/core/policy";
import { type Change, isLosingReduction } from "@plimsoll/core/protection";
import { type AccountKey, type HoldingId, type Ms, ZERO, add, compare } from "@plimsoll/core/units";
import type { Touched } from "./looks.ts";
import type { State } from "./state.ts";

type Effect = Extract<BookEvent, { type: "effect" }>;

/** What a venue reports as lost: a liquidation, or more taken of an asset than its fee. */
export function isLoss({ effect, taken, fee }: Effect): boolean {
  if (effect.was === "liquidation") return true;
  if (effect.was === "interest" || effect.was === "funding") return false;
  return taken.some(({ asset, amount }) => {
    const fees = fee.filter((one) => one.asset === asset).reduce((sum, one) => add(sum, one.amount), ZERO);
    return compare(amount, fees) > 0;
  });
}

/** Tells a loss that a venue reports to the guards that count losses. @returns the accounts that they watch; none where nobody counts. */
export function noteLoss(state: State, event: Effect): Touched {
  return isLoss(event) ? count(state, event, "report") : new Map();
}

/** Tells the reductions at a loss that a reading shows to the guards that count losses. */
export function noteReductions(state: State, before: Ground, changes: readonly Change[], at: Ms): void {
  const holding = before.holding.id;
  const losing = changes.filter((change) => isLosingReduction(before, change));
  for (const account of new Set(losing.map((change) => change.account)))
    count(state, { holding, account, at }, "reduction");
}

interface Loss {
  readonly holding: HoldingId;
  readonly account?: AccountKey;
  readonly at: Ms;
}
function count(state: State, { holding, account: of, at }: Loss, by: "report" | "reduction"): Touched {
  const counting = (state.guardIndex.ofHolding.get(holding) ?? []).filter(({ trigger }) => trigger.when === "streak");
  const touched = state.looks.ofHolding(holding).filter((id) => {
    const { account } = state.looks.get(id)!.view;
    const mine = counting.filter(({ scope }) => (scope.account ?? account) === account && (of ?? account) === account);
    for (const guard of mine) {
      const key = `${guard.id} ${id}`;
      state.watches.set(key, applyLoss(guard, state.watches.get(key) ?? asleep, at, by));
    }
    return mine.length > 0;
  });
  return touched.length === 0 ? new Map() : new Map([[holding, touched]]);
}
