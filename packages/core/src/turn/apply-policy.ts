import { type HashOf, asleep, guardHash } from "@plimsoll/core/policy";
import type { Input } from "./contract.ts";
import { byId, indexGuards } from "./guard-index.ts";
import type { State } from "./state.ts";

/** A new version of a guard starts with a fresh watch; what it did today still counts. */
export function applyPolicy(
  state: State,
  { guards, reserves }: Extract<Input["event"], { type: "policy" }>,
  hashOf: HashOf,
): void {
  const versions = new Map(guards.map((guard) => [guard.id, guardHash(hashOf, guard)]));
  for (const [id, watch] of state.watches) {
    const guard = id.slice(0, id.indexOf(" "));
    if (!versions.has(guard)) state.watches.delete(id);
    else if (versions.get(guard) !== state.versions.get(guard))
      state.watches.set(id, { ...asleep, fired: watch.fired });
  }
  state.guards = guards.toSorted(byId);
  state.guardIndex = indexGuards(guards);
  state.versions = versions;
  state.reserves = reserves;
  for (const [key, spend] of state.spends) {
    const counts = reserves.some(
      ({ holding, asset, free }) =>
        holding === spend.holding && asset === spend.asset && free.is === "known" && spend.at >= free.asOf,
    );
    if (!counts && !state.open.has(key)) state.spends.delete(key);
  }
}
