import { asleep } from "@plimsoll/core/policy";
import type { BookMode } from "./mode.ts";
import type { State } from "./state.ts";

/**
 * A mode is in force from the input that says it. What guards did in shadow is no act: where the house begins to send, every watch
 * that was not served by an intent starts afresh, so that a guard does not wait for what it never did.
 */
export function applyMode(state: State, mode: BookMode): void {
  const wasSilent = state.mode === "shadow";
  state.mode = mode;
  if (!wasSilent || mode === "shadow" || mode === "halted") return;
  const served = new Set([...state.open.values()].map(({ watch }) => watch));
  for (const [id, { fired }] of state.watches) if (!served.has(id)) state.watches.set(id, { ...asleep, fired });
}
