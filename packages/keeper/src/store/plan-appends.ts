import { GENESIS, type Lease, type NewEntry } from "@plimsoll/core/journal";
import { type Ms, type Result, type Why, fail, hex, ok, why } from "@plimsoll/core/units";
import { type HeadRow, type JournalRow, type LeaseRow, rowAfter } from "./rows.ts";
import { textOf, unhex } from "./text.ts";

/** One caller's wish to append; several of them share one transaction. */
export interface AppendRequest {
  readonly lease: Lease;
  readonly expectSeq: bigint;
  readonly entries: readonly NewEntry[];
}
export type Appended = Result<
  { readonly seq: bigint; readonly head: Uint8Array; readonly written: readonly boolean[] },
  Why
>;

/** What the transaction read, under its locks, before it writes. */
export interface Standing {
  readonly now: Ms;
  readonly leases: readonly LeaseRow[];
  readonly heads: readonly HeadRow[];
  /** Of the requests' once keys those that are in the journal already. */
  readonly taken: readonly string[];
}

/** Decides a whole group at once: rows to insert and each caller's answer. A refused request adds no row and harms no other. */
export function planAppends(requests: readonly AppendRequest[], standing: Standing) {
  const heads = new Map(standing.heads.map((head) => [head.stream, head]));
  const taken = new Set(standing.taken);
  const rows: JournalRow[] = [];
  const answers = requests.map(({ lease, expectSeq, entries }): Appended => {
    const held = holds(lease, standing);
    if (!held.ok) return held;
    let head: HeadRow = heads.get(lease.stream) ?? { stream: lease.stream, seq: 0n, hash: hex(GENESIS) };
    if (head.seq !== expectSeq) return fail(moved(lease.stream, expectSeq, head.seq));
    const written = entries.map(({ onceKey, at, bytes }) => {
      if (taken.has(onceKey)) return false;
      taken.add(onceKey);
      const row = rowAfter(head, at, onceKey, textOf(bytes));
      rows.push(row);
      head = row;
      return true;
    });
    heads.set(lease.stream, head);
    return ok({ seq: head.seq, head: unhex(head.hash), written });
  });
  return { rows, answers };
}

/** Whether a lease still is the one that the database knows. */
export function holds(lease: Lease, { leases, now }: Pick<Standing, "leases" | "now">): Result<void, Why> {
  const row = leases.find(({ stream }) => stream === lease.stream);
  if (row !== undefined && row.fence === lease.fence && row.owner === lease.owner && row.until_ms > BigInt(now))
    return ok(undefined);
  return fail(
    why("store/lease-lost", {
      stream: lease.stream,
      fence: String(lease.fence),
      holder: row?.owner ?? "nobody",
      holderFence: String(row?.fence ?? 0n),
      next: "this process no longer owns the stream: stop acting on it, take a new lease and read the journal again",
    }),
  );
}

const moved = (stream: string, expected: bigint, found: bigint): Why =>
  why("store/seq-conflict", {
    stream,
    expected: String(expected),
    found: String(found),
    next: "somebody else wrote to the stream: read from the expected entry on and decide again",
  });
