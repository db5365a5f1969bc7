import type { Position } from "./position.ts";
import { isBelow, ratioOf } from "./prices.ts";

/** What a branch lets its troves do. Totals that were not read restrict nothing. */
export type Mode = "open" | "critical" | "shut down";

/** @source liquity/bold BorrowerOperations.sol, _requireIsNotShutDown, _checkBelowCriticalThreshold */
export function modeOf({ branch, terms }: Position, price: bigint): Mode {
  if (branch.shutdownTime !== 0n) return "shut down";
  if (branch.totals === "unknown") return "open";
  return isBelow(ratioOf(branch.totals.coll, branch.totals.debt, price), terms.ccr) ? "critical" : "open";
}
