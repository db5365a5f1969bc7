import type { Actor, BookEvent, Feed, Reply } from "@plimsoll/core/book";
import { type Result, type Why, fail } from "@plimsoll/core/units";
import type { Connection } from "./connection.ts";
import { type Redact, redactWhy } from "./keys/redact.ts";

/**
 * The same connection without a secret in anything that it says: what a feed reports and how an actor fails goes into the journal,
 * to the dashboard and into evidence, and libraries quote addresses and requests in their complaints.
 */
export function redacted({ holding, feed, actor, away, key }: Connection, redact: Redact): Connection {
  return {
    holding,
    feed: redactedFeed(feed, redact),
    ...(actor !== undefined && { actor: redactedActor(actor, redact) }),
    ...(away !== undefined && { away }),
    ...(key !== undefined && { key }),
  };
}

function redactedFeed(feed: Feed, redact: Redact): Feed {
  const clean = (event: BookEvent): BookEvent =>
    event.type === "lost" ? { ...event, why: redactWhy(redact, event.why) } : event;
  return {
    snapshot: async () => {
      const read = await caught(redact, () => feed.snapshot());
      return read.ok ? { ...read, value: read.value.map(clean) } : cleaned(read, redact);
    },
    watch: (on) => caught(redact, () => feed.watch((event, at) => on(clean(event), at))),
  };
}

/** The same actor without a secret in how it fails. */
export function redactedActor(actor: Actor, redact: Redact): Actor {
  const clean = (reply: Reply): Reply => ("why" in reply ? { ...reply, why: redactWhy(redact, reply.why) } : reply);
  return {
    prepare: async (...asked) => {
      const made = await caught(redact, () => actor.prepare(...asked));
      return made.ok ? made : cleaned(made, redact);
    },
    send: async (prepared) => clean(await caught(redact, () => actor.send(prepared))),
    query: async (prepared) => clean(await caught(redact, () => actor.query(prepared))),
    ...(actor.hasten !== undefined && {
      hasten: async (prepared) => {
        const said = await caught(redact, () => actor.hasten!(prepared));
        return said.is === "at-its-bounds" ? { ...said, why: redactWhy(redact, said.why) } : said;
      },
    }),
  };
}

const cleaned = <T>(failed: Extract<Result<T, Why>, { ok: false }>, redact: Redact) =>
  fail(redactWhy(redact, failed.failure));

/** What is thrown is a bug or a library's; it is thrown on with its words cleaned. */
async function caught<T>(redact: Redact, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw new Error(redact(error instanceof Error ? error.message : String(error)));
  }
}
