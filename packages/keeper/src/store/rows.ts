import { type Entry, entryHash } from "@plimsoll/core/journal";
import { type Ms, hex, ms } from "@plimsoll/core/units";
import { sha256 } from "./crypto.ts";
import { bytesOf, unhex } from "./text.ts";

/** A row of table journal, the same from both engines. */
export interface JournalRow {
  readonly stream: string;
  readonly seq: bigint;
  readonly at_ms: bigint;
  readonly once_key: string;
  readonly body: string;
  readonly prev_hash: string;
  readonly hash: string;
}
export interface HeadRow {
  readonly stream: string;
  readonly seq: bigint;
  readonly hash: string;
}
export interface LeaseRow {
  readonly stream: string;
  readonly owner: string;
  readonly fence: bigint;
  readonly until_ms: bigint;
}

/** A row as the journal's entry, bytes as stored. */
export const entryOf = (row: JournalRow): Entry => ({
  stream: row.stream,
  seq: row.seq,
  prev: unhex(row.prev_hash),
  hash: unhex(row.hash),
  at: ms(Number(row.at_ms)),
  onceKey: row.once_key,
  bytes: bytesOf(row.body),
});

/** The row that follows a head, chained to it. */
export function rowAfter(head: HeadRow, at: Ms, onceKey: string, body: string): JournalRow {
  const { stream, hash: prev_hash } = head;
  const seq = head.seq + 1n;
  const entry = { stream, seq, prev: unhex(prev_hash), at, onceKey, bytes: bytesOf(body) };
  const hash = hex(entryHash({ sha256 }, entry));
  return { stream, seq, at_ms: BigInt(at), once_key: onceKey, body, prev_hash, hash };
}
