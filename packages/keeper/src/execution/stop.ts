import type { Holding, Prepared, Resting } from "@plimsoll/core/book";
import type { Shown, Sight } from "./effect-shown.ts";

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

/** Its price came and it stands in the book as an order with a limit, which the market has left behind. */
export const isAwake = (found: Resting): boolean => found.trigger === undefined;
