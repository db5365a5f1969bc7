import type { BookEvent, Feed } from "@plimsoll/core/book";
import type { Result, Why } from "@plimsoll/core/units";
import type { StoryClock } from "./story-clock.ts";

/** A feed that reads when the story has moved instead of when our clock has: every moment is seen once, in its own time. */
export interface DrivenFeed extends Feed {
  /** Reads the venue now and tells the keeper. */
  readonly read: () => Promise<void>;
}

export function drivenFeed(feed: Feed, clock: StoryClock, holding: string): DrivenFeed {
  const readers = new Set<(event: BookEvent, at: ReturnType<StoryClock["now"]>) => void>();
  const snapshot = async (): Promise<Result<readonly BookEvent[], Why>> => {
    const read = await feed.snapshot();
    for (const event of read.ok ? read.value : []) if (event.type === "holding") clock.pass(event.holding.asOf);
    return read;
  };
  return {
    snapshot,
    watch: async (on) => {
      readers.add(on);
      return async () => void readers.delete(on);
    },
    read: async () => {
      const read = await snapshot();
      const events: readonly BookEvent[] = read.ok ? read.value : [{ type: "lost", what: holding, why: read.failure }];
      for (const event of events) for (const on of readers) on(event, clock.now());
    },
  };
}
