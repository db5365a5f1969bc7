import type { BookEvent, Depth, Holding } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type BookMode, type Input, applyEvent, isBookEvent, isNews, noFacts, termsOf } from "@plimsoll/core/turn";
import type { HoldingId, Ms } from "@plimsoll/core/units";

/** The newest facts that were journaled, as the turn folds them: what the executor compares the world with. */
export interface Latest {
  readonly apply: (event: Input["event"]) => void;
  /** Whether an event says anything that the journal does not say already. */
  readonly isNews: (event: BookEvent) => boolean;
  readonly holding: (id: HoldingId) => Holding | undefined;
  /** Everything that the engine of a holding reads now; undefined before its terms came. */
  readonly scene: (holding: Holding, now: Ms) => Scene<unknown> | undefined;
  /** The newest order book of an instrument where the holding is. */
  readonly depth: (holding: Holding, instrument: string) => Depth | undefined;
  readonly mode: () => BookMode;
}

export function createLatest(): Latest {
  const facts = noFacts();
  let mode: BookMode = "armed";
  return {
    apply: (event) => {
      if (event.type === "mode") mode = event.mode;
      else if (isBookEvent(event)) applyEvent(facts, event);
    },
    isNews: (event) => isNews(facts, event),
    holding: (id) => facts.holdings.get(id),
    scene: (holding, now) => {
      const terms = termsOf(facts, holding, now);
      return terms === undefined ? undefined : { now, quotes: facts.quotes, terms };
    },
    depth: ({ venue }, instrument) => {
      for (const each of facts.conditions.values())
        if (each.type === "depth" && each.venue === venue && each.instrument === instrument) return each.depth;
      return undefined;
    },
    mode: () => mode,
  };
}
