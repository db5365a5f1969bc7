import { type Resting, isOurs } from "@plimsoll/core/book";
import type { Ground } from "@plimsoll/core/planner";
import { type Why, why } from "@plimsoll/core/units";
import type { Change } from "./explain-change.ts";
import { isStop } from "./propose-stops.ts";

/**
 * What a house finds when it sees a holding again after it was away: what changed, which of its stops still lie there, which do not.
 * @param awayMs between the two readings.
 */
export function foundAgain(before: Ground, after: Ground, changes: readonly Change[], awayMs: number): Why {
  const [had, has] = [ownStops(before), ownStops(after)];
  if (had === "unknown" || has === "unknown")
    return why("recovery/back", { ...changed(changes, awayMs), stops: "unknown: the orders were not read" });
  const missing = [...had].filter((order) => !has.has(order));
  return why("recovery/back", {
    ...changed(changes, awayMs),
    stopsFound: `${has.size}`,
    stopsMissing: missing.length === 0 ? "0" : `${missing.length}: ${missing.join(" ")}`,
  });
}

const changed = (changes: readonly Change[], awayMs: number) => ({
  awayMs: `${awayMs}`,
  changed: changes.length === 0 ? "no position" : changes.map(({ text }) => text).join("; "),
});

function ownStops({ engine, holding, scene }: Ground): ReadonlySet<string> | "unknown" {
  const lying = engine.accounts(holding).map((account) => engine.resting(holding, account, scene));
  const known = lying.flatMap((each): readonly Resting[] => (each.is === "known" ? each.value : []));
  if (lying.some(({ is }) => is === "unknown" || is === "stale")) return "unknown";
  return new Set(
    known
      .filter(isStop)
      .filter(isOurs)
      .map(({ order }) => order),
  );
}
