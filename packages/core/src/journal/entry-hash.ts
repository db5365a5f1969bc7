import { canonical, hex, joined, utf8 } from "@plimsoll/core/units";
import type { Crypto, Entry } from "./store.ts";

/** What precedes the first entry of every stream. */
export const GENESIS: Uint8Array = new Uint8Array(32);

/**
 * Hash of one entry: SHA-256 over one line of canonical JSON `["stream","seq","prev hex",at,"once key"]`, a line feed, and the
 * bytes as stored. Canonical JSON holds no raw line feed, so no two entries share these bytes.
 */
export function entryHash(crypto: Pick<Crypto, "sha256">, entry: Omit<Entry, "hash">): Uint8Array {
  const head = utf8(`${canonical([entry.stream, entry.seq, hex(entry.prev), entry.at, entry.onceKey])}\n`);
  return crypto.sha256(joined(head, entry.bytes));
}
