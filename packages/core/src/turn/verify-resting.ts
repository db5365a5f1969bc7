import type { VenueState } from "@plimsoll/core/book";
import type { HoldingId, Ms, VenueId } from "@plimsoll/core/units";
import type { Input } from "./contract.ts";
import type { State } from "./state.ts";

/** In these the venue keeps what lies there and fills it when its price comes. */
const matching: readonly VenueState[] = ["normal", "degraded", "reduce-only", "post-only"];

/**
 * Notes that what lies at a venue has to be seen again: it stopped, or its feed broke off, and venues cancel orders in such times.
 * Only a reading that is newer than the end of it counts. Asked after the input was folded in.
 */
export function noteHalt({ halts, facts, at }: State, { event }: Input): void {
  if (event.type === "lost") for (const id of facts.holdings.keys()) if (facts.lost.has(id)) halts.set(id, at);
  if (event.type !== "venue-state" || event.of !== "orders") return;
  const isOver = matching.includes(event.state);
  if (!isOver) halts.set(event.venue, "lasts");
  else if (halts.get(event.venue) === "lasts") halts.set(event.venue, at);
}

/** Whether a reading of a moment shows what lies there now: none from before the end of a halt does. */
export function isSeenSince({ halts }: State, holding: HoldingId, venue: VenueId, read: Ms): boolean {
  return [halts.get(holding), halts.get(venue)].every((end) => end === undefined || (end !== "lasts" && read > end));
}
