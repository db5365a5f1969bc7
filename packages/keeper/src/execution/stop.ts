import type { Action, Holding, Prepared, Resting } from "@plimsoll/core/book";
import type { Shown, Sight } from "./effect-shown.ts";

type Cancel = Extract<Action, { readonly do: "cancel" }>;

/** The order that a message of ours placed, as the holding shows it; "unknown" where the holding does not tell what lies there. */
export function restingOf(
  { engine, account, scene }: Sight,
  { reference }: Prepared,
  now: Holding,
): Resting | "unknown" | undefined {
  const resting = engine.resting(now, account, scene);
  if (resting.is === "none") return undefined;
  return resting.is === "known" ? resting.value.find((each) => each.reference === reference) : "unknown";
}

/** Whether a stop lies at the venue: that is all it is sent for; what it does when its price comes is seen in the holding. */
export function shownOfStop(sight: Sight, prepared: Prepared, now: Holding): Shown {
  const found = restingOf(sight, prepared, now);
  if (found === "unknown") return "unknown";
  return found === undefined ? "no-effect" : "as-predicted";
}

/** Whether what a cancel names lies there no more. */
export function shownOfCancel({ engine, account, scene }: Sight, { order }: Cancel, now: Holding): Shown {
  const resting = engine.resting(now, account, scene);
  if (resting.is === "unknown") return "unknown";
  const lies = resting.is === "known" && resting.value.some((each) => each.order === order || each.reference === order);
  return lies ? "no-effect" : "as-predicted";
}
