import { type Ms, type Result, type Why, fail, hex, invariant, joined, ok, utf8, why } from "@plimsoll/core/units";
import type { Crypto, Entry } from "./store.ts";

export type Sha256 = Crypto["sha256"];

/** What stands before the first entry of every stream. */
export const GENESIS: Uint8Array = new Uint8Array(32);

/** What an entry's hash covers. */
export type Sealed = Pick<Entry, "stream" | "seq" | "prev" | "at" | "bytes">;

/** The bytes whose SHA-256 is the entry's hash: a named frame of five lines, then the body exactly as stored. */
export function sealedBytes({ stream, seq, prev, at, bytes }: Sealed): Uint8Array {
  invariant(!/[\n\r]/.test(stream) && stream !== "", `"${stream}" is no stream name: one line, not empty`);
  return joined(utf8(`plimsoll-entry-1\n${stream}\n${seq}\n${hex(prev)}\n${at}\n`), bytes);
}

export const entryHash = (sha256: Sha256, entry: Sealed): Uint8Array => sha256(sealedBytes(entry));

/** How far a stream goes: the number of its entries and the hash of the last. */
export interface StreamHead {
  readonly stream: string;
  readonly seq: bigint;
  readonly head: Uint8Array;
}

/** The next entry of a stream, sealed. */
export function applyEntry(
  sha256: Sha256,
  { stream, seq, head }: StreamHead,
  next: { readonly onceKey: string; readonly at: Ms; readonly bytes: Uint8Array },
): Entry {
  const sealed = { stream, seq: seq + 1n, prev: head, at: next.at, bytes: next.bytes };
  return { ...sealed, onceKey: next.onceKey, hash: entryHash(sha256, sealed) };
}

/** Reads a stream from its first entry and says where it ends, or which entry does not follow from the one before. */
export async function readChain(
  sha256: Sha256,
  stream: string,
  entries: AsyncIterable<Entry> | Iterable<Entry>,
): Promise<Result<StreamHead, Why>> {
  let [seq, head] = [0n, GENESIS];
  for await (const entry of entries) {
    const broken = (what: string) =>
      fail(
        why("journal/broken-chain", { stream, seq: `${seq + 1n}`, what, next: "restore the journal from a backup" }),
      );
    if (entry.stream !== stream || entry.seq !== seq + 1n) return broken(`found ${entry.stream} ${entry.seq} here`);
    if (hex(entry.prev) !== hex(head)) return broken("it does not name the entry before");
    if (hex(entryHash(sha256, entry)) !== hex(entry.hash)) return broken("its bytes do not give its hash");
    [seq, head] = [entry.seq, entry.hash];
  }
  return ok({ stream, seq, head });
}
