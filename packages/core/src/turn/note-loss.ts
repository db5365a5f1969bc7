import type { BookEvent } from "@plimsoll/core/book";
import { applyLoss, asleep } from "@plimsoll/core/policy";
import { add, compare, ZERO } from "@plimsoll/core/units";
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

/** Tells a loss to the guards that count losses. @returns the accounts that they watch; none where nobody counts. */
export function noteLoss(state: State, event: Effect): Touched {
  if (!isLoss(event)) return new Map();
  const counting = (state.guardIndex.ofHolding.get(event.holding) ?? []).filter(
    ({ trigger }) => trigger.when === "streak",
  );
  const accounts = state.looks.ofHolding(event.holding);
  const touched = accounts.filter((id) => {
    const { account } = state.looks.get(id)!.view;
    const mine = counting.filter(
      ({ scope }) => (scope.account ?? account) === account && (event.account ?? account) === account,
    );
    for (const guard of mine) {
      const key = `${guard.id} ${id}`;
      state.watches.set(key, applyLoss(guard, state.watches.get(key) ?? asleep, event.at));
    }
    return mine.length > 0;
  });
  return touched.length === 0 ? new Map() : new Map([[event.holding, touched]]);
}
