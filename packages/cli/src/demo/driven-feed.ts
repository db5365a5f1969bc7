import type { BookEvent, Feed } from "@plimsoll/core/book";
import { type Ms, type Result, type Why, ms } from "@plimsoll/core/units";
import type { StoryClock } from "./story-clock.ts";

/** A feed that reads when the story has moved instead of when our clock has: every moment is seen once, in its own time. */
export interface DrivenFeed extends Feed {
  /** Reads the venue now and tells the keeper. */
  readonly read: () => Promise<void>;
}

/** Prices and holdings come by `read` alone; what the venue reports that it did comes as it is reported. */
export function drivenFeed(feed: Feed, clock: StoryClock, holding: string): DrivenFeed {
  const readers = new Set<(event: BookEvent, at: Ms) => void>();
  const tell = (event: BookEvent, at: Ms) => {
    for (const on of readers) on(event, at);
  };
  const snapshot = async (): Promise<Result<readonly BookEvent[], Why>> => {
    // A later reading must be dated later, also where the story stands still.
    clock.pass(ms(clock.now() + 1));
    const read = await feed.snapshot();
    for (const event of read.ok ? read.value : []) if (event.type === "holding") clock.pass(event.holding.asOf);
    return read;
  };
  return {
    snapshot,
    watch: async (on) => {
      readers.add(on);
      const unwatch = await feed.watch((event, at) => {
        if (event.type === "effect") tell(event, at);
      });
      return async () => {
        readers.delete(on);
        await unwatch();
      };
    },
    read: async () => {
      const read = await snapshot();
      const events: readonly BookEvent[] = read.ok ? read.value : [{ type: "lost", what: holding, why: read.failure }];
      for (const event of events) tell(event, clock.now());
    },
  };
}
