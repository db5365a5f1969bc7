import { ageText } from "@plimsoll/server/display";
import type { LiveState } from "./state.ts";

/** How far what the screen shows can be trusted. */
export interface Presence {
  readonly word: "connecting" | "live" | "stale" | "offline" | "finished";
  readonly detail: string;
  /** Time since the source last said anything. */
  readonly ageMs: number;
  /** Every figure is last known, not present. */
  readonly stale: boolean;
}

/** Sticky: a dropped link is not offline before three heartbeats are missed, so that the word does not flicker. */
export function viewPresence(state: LiveState, now: number): Presence {
  const silentMs = Math.max(0, now - state.heardAt);
  const ageMs = state.quietMs + silentMs;
  const phase = state.scenery?.story?.phase;
  if (state.scenery === undefined)
    return { word: "connecting", detail: "waiting for the first snapshot", ageMs: 0, stale: false };
  if (silentMs > 3 * state.heartbeatMs)
    return {
      word: "offline",
      detail: `no word from the server for ${ageText(silentMs)}: figures are the last known`,
      ageMs,
      stale: true,
    };
  if (phase === "finished" || phase === "failed")
    return { word: "finished", detail: "the story has ended; figures stand as it left them", ageMs, stale: false };
  if (ageMs > state.staleAfterMs)
    return {
      word: "stale",
      detail: `the source has said nothing for ${ageText(ageMs)}: figures are the last known`,
      ageMs,
      stale: true,
    };
  return { word: "live", detail: `last word ${ageText(ageMs)} ago`, ageMs, stale: false };
}
