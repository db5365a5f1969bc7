import { asleep } from "@plimsoll/core/policy";
import type { BookMode } from "./mode.ts";
import type { State } from "./state.ts";

/**
 * A mode is in force from the input that says it. What guards did in shadow is no act: where the house begins to send, every watch
 * that no intent serves begins a new episode, and firings since shadow began use up neither its day nor its cool-down.
 */
export function applyMode(state: State, mode: BookMode): void {
  const { mode: before, shadowSince = state.at } = state;
  state.mode = mode;
  if (mode === "shadow") state.shadowSince = before === "shadow" ? shadowSince : state.at;
  else delete state.shadowSince;
  if (before !== "shadow" || mode === "shadow") return;
  const served = new Set([...state.open.values()].map(({ watch }) => watch));
  for (const [id, { fired, since, memory }] of state.watches) {
    if (served.has(id)) continue;
    const rest = { ...(since !== undefined && { since }), ...(memory !== undefined && { memory }) };
    state.watches.set(id, { ...asleep, ...rest, fired: fired.filter((at) => at < shadowSince) });
  }
}
