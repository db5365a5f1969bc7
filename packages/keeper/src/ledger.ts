import type { Entry, Lease, Store } from "@plimsoll/core/journal";
import { type Ms, type Result, type Why, fail, ms, ok } from "@plimsoll/core/units";
import type { Timers } from "./timers.ts";
import { type Fact, type JournalRecord, recordBytes, readRecord } from "./records.ts";

/** The stream of what concerns no single holding; who leases it is the keeper of this journal. */
export const BOOK_STREAM = "book";

/** One thing to write; `onceKey` where writing it twice would mean acting twice. */
export interface NewFact {
  readonly stream: string;
  readonly fact: Fact;
  readonly onceKey?: string;
}
export interface Written {
  readonly at: Ms;
  readonly record: JournalRecord;
}

/** The journal can no longer be written: the keeper stops and sends nothing more. */
export class LedgerLost extends Error {
  readonly why: Why;
  constructor(why: Why) {
    super(`${why.code} ${JSON.stringify(why.facts)}`);
    this.why = why;
  }
}

/** The journal as one keeper writes it: a stream for each holding and one for the book, one number over all of them. */
export interface Ledger {
  /**
   * Writes facts in one commit and returns them as a replay will read them. One call at a time. A stream lost to another keeper
   * meanwhile takes nothing, the others keep what they got: only there may numbers be missing in a journal.
   * @throws LedgerLost
   */
  append(facts: readonly NewFact[], at: Ms): Promise<readonly Written[]>;
  /** The highest number that the journal already holds; before the first append. */
  continueAfter(number: bigint): void;
  /** Gives the streams free for the next keeper; after the last append has returned. */
  close(): Promise<void>;
}

interface Numbered extends NewFact {
  readonly number: bigint;
  readonly bytes: Uint8Array;
}
interface Held {
  lease: Lease;
  seq: bigint;
}

/**
 * Takes all streams of a journal.
 * @param ttlMs how long the streams stay ours without a word from us.
 * @returns failure `store/lease-held` while another keeper lives.
 */
export async function openLedger(
  store: Store,
  owner: string,
  ttlMs: Ms,
  timers: Pick<Timers, "elapsed">,
): Promise<Result<Ledger, Why>> {
  const held = new Map<string, Held>();
  let number = 0n;
  let renewAt = 0;

  const take = async (stream: string): Promise<Result<void, Why>> => {
    const lease = await store.lease(stream, owner, ttlMs);
    if (!lease.ok) return lease;
    const seq = held.get(stream)?.seq ?? (await store.head(stream)).seq;
    held.set(stream, { lease: lease.value, seq });
    return ok(undefined);
  };
  const renewAll = async (streams: Iterable<string>): Promise<Result<void, Why>> => {
    const begun = timers.elapsed();
    for (const stream of streams) {
      const taken = await take(stream);
      if (!taken.ok) return taken;
    }
    renewAt = begun + ttlMs / 3;
    return ok(undefined);
  };

  const taken = await renewAll(new Set([BOOK_STREAM, ...(await store.streams())]));
  if (!taken.ok) return fail(taken.failure);

  const appendTo = async (stream: string, facts: readonly Numbered[], at: Ms) => {
    const own = held.get(stream)!;
    const entries = facts.map((one) => ({
      onceKey: one.onceKey ?? `number ${one.number}`,
      at,
      bytes: one.bytes,
    }));
    const answer = await store.append(own.lease, own.seq, entries);
    if (!answer.ok) throw new LedgerLost(answer.failure);
    const twice = entries.find((_, index) => answer.value.written[index] === false);
    if (twice !== undefined) throw new LedgerLost(alreadyWritten(stream, twice.onceKey));
    own.seq = answer.value.seq;
  };

  return ok({
    continueAfter: (last) => {
      number = last;
    },
    append: async (facts, at) => {
      const renewed = timers.elapsed() >= renewAt ? await renewAll(held.keys()) : ok(undefined);
      if (!renewed.ok) throw new LedgerLost(renewed.failure);
      const numbered = facts.map((one) => ({
        ...one,
        number: ++number,
        bytes: recordBytes({ ...one.fact, number }),
      }));
      const streams = [...new Set(facts.map(({ stream }) => stream))];
      for (const stream of streams) {
        const own = held.has(stream) ? ok(undefined) : await take(stream);
        if (!own.ok) throw new LedgerLost(own.failure);
      }
      const of = (stream: string) => numbered.filter((one) => one.stream === stream);
      await Promise.all(streams.map((stream) => appendTo(stream, of(stream), at)));
      return numbered.map(({ bytes }) => ({ at, record: readRecord(bytes) }));
    },
    close: async () => {
      for (const stream of held.keys()) await store.lease(stream, owner, ms(0));
    },
  });
}

const alreadyWritten = (stream: string, onceKey: string): Why => ({
  code: "keeper/already-written",
  facts: { stream, onceKey, next: "another process writes this journal: nothing was sent; stop one of them" },
});

/** Everything in a journal, all streams merged into the order in which it was written. */
export async function* readJournal(store: Pick<Store, "read" | "streams">): AsyncIterable<Written> {
  const streams = (await store.streams()).map((stream) => store.read(stream, 1n)[Symbol.asyncIterator]());
  const heads = await Promise.all(streams.map(async (stream) => writtenOf(await stream.next())));
  for (;;) {
    let first = -1;
    for (const [index, head] of heads.entries())
      if (head !== undefined && (first < 0 || head.record.number < heads[first]!.record.number)) first = index;
    if (first < 0) return;
    yield heads[first]!;
    heads[first] = writtenOf(await streams[first]!.next());
  }
}

const writtenOf = (next: IteratorResult<Entry, unknown>): Written | undefined =>
  next.done === true ? undefined : { at: next.value.at, record: readRecord(next.value.bytes) };
