// oxlint-disable import/no-relative-parent-imports -- like a test, the simulation reaches past the doors for the parts it runs
import type { Entry, Store } from "@plimsoll/core/journal";
import { GENESIS } from "@plimsoll/core/journal";
import { type Ms, hex, ok } from "@plimsoll/core/units";
import { leaseAnswer, untilOf } from "../../store/failures.ts";
import { holds, planAppends } from "../../store/plan-appends.ts";
import { type JournalRow, type LeaseRow, entryOf } from "../../store/rows.ts";
import { unhex } from "../../store/text.ts";

/** A row, and the entry that a reader makes of it. */
type Written = JournalRow & { readonly entry: Entry };

/** The journal of a simulated machine: the rules of the real stores, in memory; it outlives the processes that write it. */
export class MemoryStore implements Store {
  readonly #now: () => Ms;
  readonly #rows = new Map<string, Written[]>();
  readonly #leases = new Map<string, LeaseRow>();
  readonly #taken = new Set<string>();

  constructor(now: () => Ms) {
    this.#now = now;
  }

  async lease(stream: string, owner: string, ttlMs: Ms) {
    const at = this.#now();
    const held = this.#leases.get(stream);
    const isFree = held === undefined || held.owner === owner || held.until_ms <= BigInt(at);
    if (!isFree) return leaseAnswer(undefined, held);
    const renews = held !== undefined && held.owner === owner && held.until_ms > BigInt(at);
    const fence = (held?.fence ?? 0n) + (renews ? 0n : 1n);
    const row = { stream, owner, fence, until_ms: untilOf(at, ttlMs) };
    this.#leases.set(stream, row);
    return leaseAnswer(row, row);
  }

  append: Store["append"] = async (lease, expectSeq, entries) => {
    const last = this.#rows.get(lease.stream)?.at(-1);
    const held = this.#leases.get(lease.stream);
    const { rows, answers } = planAppends([{ lease, expectSeq, entries }], {
      now: this.#now(),
      leases: held === undefined ? [] : [held],
      heads: last === undefined ? [] : [last],
      taken: entries.map(({ onceKey }) => onceKey).filter((key) => this.#taken.has(key)),
    });
    const all = this.#rows.get(lease.stream) ?? [];
    this.#rows.set(lease.stream, all);
    for (const row of rows) {
      all.push({ ...row, entry: entryOf(row) });
      this.#taken.add(row.once_key);
    }
    return answers[0]!;
  };

  async *read(stream: string, from: bigint): AsyncIterable<Entry> {
    for (const row of this.#rows.get(stream) ?? []) if (row.seq >= from) yield row.entry;
  }

  /** What lies after the last entry that is known, stream by stream. */
  since(isKnown: (bytes: Uint8Array) => boolean): readonly Uint8Array[] {
    return [...this.#rows.values()].flatMap((rows) => {
      const last = rows.findLastIndex((row) => isKnown(row.entry.bytes));
      return rows.slice(last + 1).map(({ entry }) => entry.bytes);
    });
  }

  async head(stream: string) {
    const last = this.#rows.get(stream)?.at(-1);
    return last === undefined ? { seq: 0n, head: GENESIS } : { seq: last.seq, head: unhex(last.hash) };
  }

  async streams(): Promise<readonly string[]> {
    return [...this.#rows.keys()].filter((stream) => this.#rows.get(stream)!.length > 0).toSorted();
  }

  async put(lease: Parameters<Store["put"]>[0]) {
    const held = this.#leases.get(lease.stream);
    return holds(lease, { now: this.#now(), leases: held === undefined ? [] : [held] });
  }
  async get(): Promise<undefined> {
    return undefined;
  }
  async backup() {
    return ok({
      heads: new Map([...this.#rows].map(([stream, rows]) => [stream, unhex(rows.at(-1)?.hash ?? hex(GENESIS))])),
    });
  }
  async close(): Promise<void> {}
}
