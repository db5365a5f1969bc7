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
  const changed = changes.length === 0 ? "no position changed" : changes.map(({ text }) => text).join("; ");
  const stops = had === "unknown" || has === "unknown" ? unread : counted(had, has);
  const detail = `seen again after ${Math.round(awayMs / 1_000)} s: ${changed}; ${stops.said}`;
  return why("recovery/back", { awayMs: `${awayMs}`, changed, ...stops.facts, detail });
}

const unread = {
  facts: { stopsFound: "unknown", stopsMissing: "unknown" },
  said: "which stops of ours lie there is not known: the orders were not read",
};

function counted(had: ReadonlySet<string>, has: ReadonlySet<string>) {
  const missing = [...had].filter((order) => !has.has(order));
  const gone = missing.length === 0 ? "none is missing" : `missing: ${missing.join(" ")}`;
  return {
    facts: { stopsFound: `${has.size}`, stopsMissing: `${missing.length}` },
    said: `stops of ours that lie there: ${has.size}, ${gone}`,
  };
}

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
