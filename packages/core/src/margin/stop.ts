import type { Action } from "@plimsoll/core/book";
import {
  type Exact,
  type PriceKind,
  type Result,
  type Why,
  compare,
  cutToStep,
  fail,
  magnitude,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import type { OrderAction, OrderGrid } from "./reduction.ts";

export type StopAction = Extract<Action, { readonly do: "stop" }>;

/** The order that a stop becomes: of its size, for "all" whole steps of what is held now; at its limit, else at its trigger. */
export const orderOfStop = (
  { instrument, side, size, trigger, limit }: StopAction,
  held: Exact,
  step: Exact,
): OrderAction => ({
  do: "order",
  instrument,
  side,
  size: size === "all" ? cutToStep(magnitude(held), step) : size,
  limit: limit ?? trigger.at,
  reduceOnly: true,
});

/** Which triggers an exchange takes. */
export interface TriggerRules extends Pick<OrderGrid, "isPrice" | "prices"> {
  readonly kinds: readonly PriceKind[];
  /** Whether an order for whatever the position is may have a limit. */
  readonly limitOfAll: boolean;
}

/**
 * Refuses a trigger that an exchange would refuse or fire at once: of a kind it does not watch, off its grid, or already reached by the
 * mark. A trigger on another price is compared with the mark too: that is the price known here, and the venue's own answer decides.
 */
export function checkTrigger(
  venue: string,
  { instrument, size, trigger, limit }: StopAction,
  mark: Exact,
  { isPrice, prices, kinds, limitOfAll }: TriggerRules,
): Result<void, Why> {
  const refuse = (code: string, facts: Record<string, string>) =>
    fail(why(`${venue}/${code}`, { instrument, ...facts }));
  const { kind, when, at } = trigger;
  if (!kinds.includes(kind))
    return refuse("no-such-trigger", { kind, next: `let it be triggered by one of ${kinds.join(", ")}` });
  if (size === "all" && limit !== undefined && !limitOfAll)
    return refuse("no-limit-of-all", { limit: text(limit), next: "name a size, or leave the limit out" });
  if (!isPrice(at))
    return refuse("trigger-off-tick", { trigger: text(at), prices, next: "round the trigger to a price of the grid" });
  const distance = compare(at, mark);
  if (when === "at-or-below" ? distance < 0 : distance > 0) return ok(undefined);
  return refuse("trigger-reached", {
    trigger: `${when} ${text(at)}`,
    mark: text(mark),
    next: `the mark is there already: put the trigger ${when === "at-or-below" ? "below" : "above"} it, or reduce now`,
  });
}
