import type { BookEvent } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import type { Hex, PublicClient } from "viem";
import type { ReadAt } from "./feed.ts";

/** How a venue reads one holding: first what seldom changes (`Known`), then everything at one block (`Snapshot`). */
export interface HoldingReads<Known, Snapshot> {
  readonly discover: (client: PublicClient) => Promise<Result<Known, Why>>;
  readonly snapshot: (client: PublicClient, known: Known, block?: bigint) => Promise<Result<Snapshot, Why>>;
  /** The failure of a snapshot which says that what was discovered is no longer so. */
  readonly outdated?: string;
  readonly hasPosition: (snapshot: Snapshot) => boolean;
  readonly noPosition: Why;
  /** What a turn is told, in the order in which it must be applied. */
  readonly events: (client: PublicClient, snapshot: Snapshot, known: Known) => Promise<readonly BookEvent[]>;
}

/**
 * Discovers once, and again whenever a snapshot says so. A holding that is empty from the start is a failure; later an empty one is
 * what is left of it: closed by its owner, or taken.
 */
export function holdingReader<Known, Snapshot extends { readonly parentHash: Hex }>(
  reads: HoldingReads<Known, Snapshot>,
): ReadAt {
  let known: Known | undefined;
  let hadPosition = false;
  const read: ReadAt = async (client, block) => {
    const isFresh = known === undefined;
    const found: Result<Known, Why> = known === undefined ? await reads.discover(client) : ok(known);
    if (!found.ok) return found;
    const snapshot = await reads.snapshot(client, found.value, block);
    const isOutdated = !snapshot.ok && snapshot.failure.code === reads.outdated;
    known = isOutdated ? undefined : found.value;
    if (isOutdated && !isFresh) return read(client, block);
    if (!snapshot.ok) return snapshot;
    hadPosition ||= reads.hasPosition(snapshot.value);
    if (!hadPosition) return fail(reads.noPosition);
    const { parentHash } = snapshot.value;
    return ok({ parentHash, events: () => reads.events(client, snapshot.value, found.value) });
  };
  return read;
}
