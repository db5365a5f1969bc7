import type { Ground } from "@plimsoll/core/planner";
import { ZERO, below, isNegative, isZero, magnitude } from "@plimsoll/core/units";
import type { Change } from "./explain-change.ts";
import { positionsOf } from "./position.ts";

/** What is counted as a loss where the venue reports it, and not once more where a reading shows it. */
const REPORTED: readonly Change["what"][] = ["liquidation", "partial-liquidation", "adl", "redemption", "settlement"];

/**
 * Whether a change made a position smaller at a loss: whoever did it, at the prices of the reading that shows it against the average
 * price at which the position was opened; fees and the price of the fill itself are not known here.
 * @param before the reading before, at the prices of the one that shows the change.
 */
export function isLosingReduction(before: Ground, { what, account, instrument, from, to }: Change): boolean {
  const isSmaller = below(magnitude(to), magnitude(from)) || isNegative(to) !== isNegative(from);
  if (instrument === undefined || REPORTED.includes(what) || isZero(from) || !isSmaller) return false;
  const positions = positionsOf(before, account);
  const side = isNegative(from) ? "buy" : "sell";
  const held = positions.ok
    ? positions.value.find((each) => each.side === side && instrument.split(" ")[0] === each.instrument)
    : undefined;
  const entry = held?.lever.entry;
  const order = held?.lever.act(held.size, ZERO);
  if (entry === undefined || order?.do !== "order") return false;
  return side === "sell" ? below(order.limit, entry) : below(entry, order.limit);
}
