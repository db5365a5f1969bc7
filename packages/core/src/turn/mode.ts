import type { Action } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";

/**
 * What the whole house may do, whatever its guards say. `shadow` decides and sends nothing: it protects nobody. `reduce-only` sends
 * what reduces, adds collateral or cancels. `halted` intends nothing new, and what has not left is abandoned; what is under way is
 * followed to its end in every mode.
 */
export const bookModes = ["shadow", "armed", "reduce-only", "halted"] as const;
export type BookMode = (typeof bookModes)[number];

/** Whether an action may be intended, and sent, in a mode. */
export const permits = (mode: BookMode, action: Action): boolean =>
  mode === "armed" || (mode === "reduce-only" && addsNoRisk(action));

/** A guard as it acts in a mode: where the whole house sends nothing, an armed guard is one in shadow. */
export const asItActs = (mode: BookMode | undefined, guard: Guard): Guard =>
  mode === "shadow" || mode === "halted" ? { ...guard, mode: "shadow" } : guard;

function addsNoRisk(action: Action): boolean {
  switch (action.do) {
    case "order":
      return action.reduceOnly;
    case "withdraw":
      return false;
    case "supply":
    case "repay":
    case "stop":
    case "cancel":
    case "move-margin":
      return true;
  }
}
