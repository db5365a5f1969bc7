import type { Action } from "@plimsoll/core/book";
import {
  type AssetId,
  type Exact,
  type HoldingId,
  type Ms,
  ZERO,
  add,
  isNegative,
  subtract,
} from "@plimsoll/core/units";
import type { Reserve } from "./plan.ts";

/** Money that an action takes, or took, out of a reserve. */
export interface Spend {
  readonly holding: HoldingId;
  readonly asset: AssetId;
  readonly amount: Exact;
  readonly at: Ms;
}

/** What an action takes from money set aside; nothing for orders and cancels, and for "all" what the plan cannot know. */
export function spendOf(holding: HoldingId, action: Action, at: Ms): Spend | undefined {
  if (action.do !== "supply" && action.do !== "repay" && action.do !== "move-margin") return undefined;
  return action.amount === "all" ? undefined : { holding, asset: action.asset, amount: action.amount, at };
}

/**
 * What a reserve still has for an asset at a holding, after what was spent since it was counted.
 * @returns undefined where no reserve limits it (the guard's own `most` does); 0 where its size is not known.
 */
export function available(
  reserves: readonly Reserve[],
  spends: readonly Spend[],
  holding: HoldingId,
  asset: string,
): Exact | undefined {
  const mine = reserves.filter((reserve) => reserve.holding === holding && reserve.asset === asset);
  if (mine.length === 0) return undefined;
  let left = ZERO;
  for (const { free, floor } of mine) {
    if (free.is !== "known") continue;
    const since = spends.filter((spend) => spend.holding === holding && spend.asset === asset && spend.at >= free.asOf);
    const rest = since.reduce((sum, { amount }) => subtract(sum, amount), subtract(free.value, floor));
    if (!isNegative(rest)) left = add(left, rest);
  }
  return left;
}
