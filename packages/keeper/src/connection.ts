import type { Actor, BookEvent, Condition, Feed, Holding } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Timers } from "./timers.ts";

/** One holding at its venue: how it is read, and how it is acted on where we may. */
export interface Connection {
  readonly holding: HoldingId;
  readonly feed: Feed;
  readonly actor?: Actor;
  /** Why the actor can do nothing now: its signer is away; undefined while it can. Absent where it needs nobody. */
  readonly away?: () => Why | undefined;
  /** What its venue said of the key that acts; absent where nobody could ask. */
  readonly key?: Pick<Permission, "acts" | "until">;
}
type Permission = Extract<Condition, { type: "permission" }>;

/** Gives events to the turn in one commit; resolves once they are durable. */
export type Tell = (holding: HoldingId, events: readonly BookEvent[]) => Promise<void>;

/** Reads a connection whole and tells the turn, also when it could not be read; returns the holding that was read. */
export async function readConnection({ holding, feed }: Connection, tell: Tell): Promise<Result<Holding, Why>> {
  const read = await feed.snapshot();
  await tell(holding, read.ok ? read.value : [{ type: "lost", what: holding, why: read.failure }]);
  if (!read.ok) return read;
  const found = read.value.find((event) => event.type === "holding" && event.holding.id === holding);
  return found?.type === "holding" ? ok(found.holding) : fail(why("keeper/no-holding-read", { holding }));
}

/**
 * Follows a connection until the returned function is called: what streams in, and a whole reading every `refreshMs`, so that a
 * stream which fell silent is noticed and a feed that never started is tried again.
 */
export function followConnection(
  connection: Connection,
  tell: Tell,
  refreshMs: number,
  timers: Timers,
): () => Promise<void> {
  const { holding, feed } = connection;
  // Telling fails only when the keeper has stopped, and that was said then.
  const push = (event: BookEvent) => void tell(holding, [event]).catch(() => undefined);
  const lost = (error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    push({ type: "lost", what: holding, why: why("keeper/feed-broke", { detail, next: "run plimsoll doctor" }) });
  };
  let unwatch: (() => Promise<void>) | undefined;
  let reading: Promise<unknown> = Promise.resolve();
  const watch = async () => {
    unwatch ??= await feed.watch(push);
  };
  const refresh = async () => {
    await watch().catch(lost);
    await readConnection(connection, tell).catch(lost);
  };
  const stopTimer = timers.every(refreshMs, () => void (reading = reading.then(refresh)));
  reading = watch().catch(lost);
  return async () => {
    stopTimer();
    await reading;
    await unwatch?.();
  };
}
