import type { Action } from "@plimsoll/core/book";

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
