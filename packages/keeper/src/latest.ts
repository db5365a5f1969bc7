import type { BookEvent, Holding } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { applyEvent, isNews, noFacts, termsOf } from "@plimsoll/core/turn";
import type { HoldingId, Ms } from "@plimsoll/core/units";

/** The newest facts that were journaled, as the turn folds them: what the executor compares the world with. */
export interface Latest {
  readonly apply: (event: BookEvent) => void;
  /** Whether an event says anything that the journal does not say already. */
  readonly isNews: (event: BookEvent) => boolean;
  readonly holding: (id: HoldingId) => Holding | undefined;
  /** Everything that the engine of a holding reads now; undefined before its terms came. */
  readonly scene: (holding: Holding, now: Ms) => Scene<unknown> | undefined;
}

export function createLatest(): Latest {
  const facts = noFacts();
  return {
    apply: (event) => void applyEvent(facts, event),
    isNews: (event) => isNews(facts, event),
    holding: (id) => facts.holdings.get(id),
    scene: (holding, now) => {
      const terms = termsOf(facts, holding, now);
      return terms === undefined ? undefined : { now, quotes: facts.quotes, terms };
    },
  };
}
