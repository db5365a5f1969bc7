import { type Result, type Why, fail, ok, sameBytes, why } from "@plimsoll/core/units";
import { GENESIS, entryHash } from "./entry-hash.ts";
import type { Crypto, Entry, NewEntry } from "./store.ts";

export type Sha256 = Crypto["sha256"];

/** How far a stream goes: the number of its entries and the hash of the last. */
export interface StreamHead {
  readonly stream: string;
  readonly seq: bigint;
  readonly head: Uint8Array;
}

export const startOf = (stream: string): StreamHead => ({ stream, seq: 0n, head: GENESIS });

/** The next entry of a stream, sealed. */
export function applyEntry(sha256: Sha256, { stream, seq, head }: StreamHead, next: NewEntry): Entry {
  const entry = { stream, seq: seq + 1n, prev: head, at: next.at, onceKey: next.onceKey, bytes: next.bytes };
  return { ...entry, hash: entryHash({ sha256 }, entry) };
}

/** Reads a stream from its first entry and says where it ends, or which entry does not follow from the one before. */
export async function readChain(
  sha256: Sha256,
  stream: string,
  entries: AsyncIterable<Entry> | Iterable<Entry>,
): Promise<Result<StreamHead, Why>> {
  let { seq, head } = startOf(stream);
  for await (const entry of entries) {
    const broken = (what: string) =>
      fail(
        why("journal/broken-chain", { stream, seq: `${seq + 1n}`, what, next: "restore the journal from a backup" }),
      );
    if (entry.stream !== stream || entry.seq !== seq + 1n) return broken(`found ${entry.stream} ${entry.seq} here`);
    if (!sameBytes(entry.prev, head)) return broken("it does not name the entry before");
    if (!sameBytes(entryHash({ sha256 }, entry), entry.hash)) return broken("its bytes do not give its hash");
    [seq, head] = [entry.seq, entry.hash];
  }
  return ok({ stream, seq, head });
}
