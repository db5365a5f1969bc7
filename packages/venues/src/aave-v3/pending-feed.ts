import type { BookEvent, Feed } from "@plimsoll/core/book";
import { type Ms, ms, ok } from "@plimsoll/core/units";
import { lower, readClient } from "@plimsoll/venues/chain";
import type { AaveSource } from "./discover.ts";
import { aaveV3Id } from "./names.ts";
import { type Queue, readPendingChanges } from "./pending-queue.ts";
import type { AaveTerms } from "./terms.ts";
import { readAaveTerms } from "./read-terms.ts";

export interface PendingOptions {
  /** Age at which queues are read again: what waits for a day is known within the hour. */
  readonly everyMs: number;
  readonly now?: () => Ms;
}

/** A feed whose whole readings also tell what waits in the queues of its market's governance. */
export function withPendingChanges(
  feed: Feed,
  source: AaveSource,
  queues: readonly Queue[],
  { everyMs, now = () => ms(Date.now()) }: PendingOptions,
): Feed {
  const watched = queues.map((queue) => watchQueue(source, queue));
  let readAt = -Infinity;
  return {
    ...feed,
    snapshot: async () => {
      const read = await feed.snapshot();
      const terms = read.ok ? termsIn(read.value) : undefined;
      if (!read.ok || terms === undefined || now() - readAt < everyMs) return read;
      readAt = now();
      const pending = await Promise.all(watched.map((look) => look(terms)));
      return ok([...read.value, ...pending.flat()]);
    },
  };
}

function termsIn(events: readonly BookEvent[]): AaveTerms | undefined {
  const found = events.find((event) => event.type === "terms");
  const read = found === undefined ? undefined : readAaveTerms(found.terms.body);
  return read?.ok ? read.value : undefined;
}

/** Looks into one queue; that it cannot be read is told once, under a name that takes no account with it. */
function watchQueue(source: AaveSource, queue: Queue): (terms: AaveTerms) => Promise<readonly BookEvent[]> {
  const client = readClient(source);
  const name = `${aaveV3Id}:${source.market}:timelock ${lower(queue.timelock)}`;
  let failing = false;
  return async (terms) => {
    const read = await readPendingChanges(client, source, queue, terms);
    const wasFailing = failing;
    failing = !read.ok;
    if (!read.ok) return wasFailing ? [] : [{ type: "lost", what: name, why: read.failure }];
    return [{ type: "pending", of: name, changes: read.value }];
  };
}
