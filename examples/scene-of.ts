import type { BookEvent, Holding } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { applyEvent, noFacts, termsOf } from "@plimsoll/core/turn";
import type { HoldingId, Ms } from "@plimsoll/core/units";

/** What an engine reads: the holding, and the scene of prices and terms around it. Events come from a feed or a written account. */
export function sceneOf(
  events: readonly BookEvent[],
  id: HoldingId,
  now: Ms,
): { readonly holding: Holding; readonly scene: Scene<unknown> } {
  const facts = noFacts();
  for (const event of events) applyEvent(facts, event);
  const holding = facts.holdings.get(id);
  const terms = holding && termsOf(facts, holding, now);
  if (holding === undefined || terms === undefined) throw new Error(`no holding ${id} with its terms in these events`);
  return { holding, scene: { now, quotes: facts.quotes, terms } };
}
