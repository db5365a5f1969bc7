// One conformance suite for both engines: what it does not promise of both, no room may rely on.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { type Lease, type NewEntry, type Store, GENESIS, entryHash } from "@plimsoll/core/journal";
import { type Result, type Why, hex, ms, utf8 } from "@plimsoll/core/units";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "./crypto.ts";
import { openStore } from "./open-store.ts";
import { connectPostgres } from "./postgres-connect.ts";
import { openReader } from "./sqlite-reader.ts";
import { newDatabase } from "./testing.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Engine {
  readonly where: () => Promise<string>;
  /** Statements past the store, as a person with a database shell would type them. */
  readonly tamper: (where: string, sql: string) => Promise<void>;
}
const engines: Record<string, Engine> = {
  sqlite: {
    where: async () => mkdtempSync(join(folder, "data-")),
    tamper: async (where, sql) => {
      const database = new DatabaseSync(join(where, "plimsoll.sqlite"));
      try {
        database.exec(sql);
      } finally {
        database.close();
      }
    },
  },
  postgres: {
    where: newDatabase,
    tamper: async (where, text) => {
      const sql = connectPostgres(where, 1);
      try {
        await sql.unsafe(text);
      } finally {
        await sql.end();
      }
    },
  },
};

const entry = (onceKey: string, body = `{"n":"${onceKey}"}`, at = 1): NewEntry => ({
  onceKey,
  at: ms(at),
  bytes: utf8(body),
});
const sure = <T>(result: Result<T, Why>): T => {
  if (!result.ok) throw new Error(`${result.failure.code} ${JSON.stringify(result.failure.facts)}`);
  return result.value;
};
const codeOf = (result: Result<unknown, Why>) => (result.ok ? "ok" : result.failure.code);
const all = async <T>(from: AsyncIterable<T>): Promise<readonly T[]> => {
  const read: T[] = [];
  for await (const one of from) read.push(one);
  return read;
};
const MINUTE = ms(60_000);
/** Sessions that wait for a row that another one holds. */
const waitingIn = (sql: ReturnType<typeof connectPostgres>) =>
  sql`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

describe.each(Object.entries(engines))("store on %s", (_name, { where, tamper }) => {
  let place: string;
  let store: Store;
  beforeAll(async () => {
    place = await where();
    store = sure(await openStore(place));
  });
  afterAll(() => store.close());
  const own = async (stream: string): Promise<Lease> => sure(await store.lease(stream, "test", MINUTE));

  test("an empty stream begins at genesis", async () => {
    expect(await store.head("nothing")).toEqual({ seq: 0n, head: GENESIS });
    expect(await all(store.read("nothing", 1n))).toEqual([]);
  });

  test("what was appended is read back byte for byte, chained to the head", async () => {
    const body = `{"amount":"9007199254740993.000000000000000001","text":"ü 😀 \\u0000 'quoted' $1 ?"}`;
    const lease = await own("chain");
    const first = sure(await store.append(lease, 0n, [entry("c1", body, 9_007_199_254_740_991), entry("c2")]));
    const second = sure(await store.append(lease, 2n, [entry("c3")]));
    expect([first.seq, first.written, second.seq]).toEqual([2n, [true, true], 3n]);
    const entries = await all(store.read("chain", 1n));
    expect(entries.map(({ seq, onceKey }) => [seq, onceKey])).toEqual([
      [1n, "c1"],
      [2n, "c2"],
      [3n, "c3"],
    ]);
    expect(Buffer.from(entries[0]!.bytes).toString()).toBe(body);
    expect(entries[0]!.at).toBe(9_007_199_254_740_991);
    let prev = GENESIS;
    for (const { hash, ...rest } of entries) {
      expect(hex(rest.prev)).toBe(hex(prev));
      expect(hex(hash)).toBe(hex(entryHash({ sha256 }, rest)));
      prev = hash;
    }
    expect(hex((await store.head("chain")).head)).toBe(hex(prev));
    expect(hex(second.head)).toBe(hex(prev));
    expect((await all(store.read("chain", 3n))).map(({ onceKey }) => onceKey)).toEqual(["c3"]);
  });

  test("a once key is written once, in whatever stream, also twice within one call", async () => {
    const [here, there] = [await own("once-a"), await own("once-b")];
    const first = sure(await store.append(here, 0n, [entry("k"), entry("k")]));
    expect(first.written).toEqual([true, false]);
    expect(sure(await store.append(here, 1n, [entry("k"), entry("l")])).written).toEqual([false, true]);
    expect(sure(await store.append(there, 0n, [entry("k")]))).toMatchObject({ seq: 0n, written: [false] });
  });

  test("an append that expects another head is refused and writes nothing", async () => {
    const lease = await own("moved");
    sure(await store.append(lease, 0n, [entry("m1")]));
    const refused = await store.append(lease, 0n, [entry("m2")]);
    expect(refused).toMatchObject({ failure: { code: "store/seq-conflict", facts: { expected: "0", found: "1" } } });
    expect((await store.head("moved")).seq).toBe(1n);
  });

  test("concurrent appends share commits, and one refusal harms no other", async () => {
    const leases = await Promise.all(Array.from({ length: 20 }, (_, at) => own(`many-${at}`)));
    const answers = await Promise.all(
      leases.map((lease, at) => store.append(lease, at === 7 ? 5n : 0n, [entry(`many-${at}`)])),
    );
    expect(answers.map(codeOf)).toEqual(leases.map((_, at) => (at === 7 ? "store/seq-conflict" : "ok")));
    const pipelined = await Promise.all(
      [1n, 2n, 3n].map((seq) => store.append(leases[0]!, seq, [entry(`pipe-${seq}`)])),
    );
    expect(pipelined.map(codeOf)).toEqual(["ok", "ok", "ok"]);
  });

  test("a stream has one writer; a later lease has a higher fence, and the earlier one is refused", async () => {
    const first = sure(await store.lease("fence", "one", ms(150)));
    expect(await store.lease("fence", "two", MINUTE)).toMatchObject({
      failure: { code: "store/lease-held", facts: { holder: "one" } },
    });
    const renewed = sure(await store.lease("fence", "one", ms(150)));
    expect(renewed.fence).toBe(first.fence);
    sure(await store.append(renewed, 0n, [entry("f1")]));
    await wait(200);
    expect(codeOf(await store.append(renewed, 1n, [entry("late")]))).toBe("store/lease-lost");
    const taken = sure(await store.lease("fence", "two", MINUTE));
    expect(taken.fence).toBe(first.fence + 1n);
    expect(await store.append(first, 1n, [entry("late")])).toMatchObject({
      failure: { code: "store/lease-lost", facts: { holder: "two" } },
    });
    expect(codeOf(await store.put(first, "v", "k", utf8("1"), 1n))).toBe("store/lease-lost");
    expect(codeOf(await store.append({ ...taken, fence: taken.fence + 1n }, 1n, [entry("forged")]))).toBe(
      "store/lease-lost",
    );
    sure(await store.append(taken, 1n, [entry("f2")]));
  });

  test("a lease of no length gives the stream free", async () => {
    sure(await store.lease("free", "one", MINUTE));
    sure(await store.lease("free", "one", ms(0)));
    expect(sure(await store.lease("free", "two", MINUTE)).fence).toBe(2n);
  });

  test("a view keeps its newest value", async () => {
    const lease = await own("views");
    expect(await store.get("book", "x")).toBeUndefined();
    sure(await store.put(lease, "book", "x", utf8(`{"a":1}`), 5n));
    sure(await store.put(lease, "book", "x", utf8(`{"a":0}`), 4n));
    expect(await store.get("book", "x")).toEqual({ value: utf8(`{"a":1}`), upTo: 5n });
    sure(await store.put(lease, "book", "x", utf8(`{"a":2}`), 9_007_199_254_740_993n));
    expect(await store.get("book", "x")).toEqual({ value: utf8(`{"a":2}`), upTo: 9_007_199_254_740_993n });
  });

  test("bytes that are no text are a bug and reach no table", async () => {
    const lease = await own("bytes");
    const bad = { onceKey: "bad", at: ms(1), bytes: Uint8Array.of(0xff, 0xfe) };
    expect(await store.append(lease, 0n, [bad])).toMatchObject({ failure: { code: "store/write-failed" } });
    expect((await store.head("bytes")).seq).toBe(0n);
  });

  test("an entry can be neither changed nor deleted, also past the store", async () => {
    sure(await store.append(await own("kept"), 0n, [entry("kept")]));
    await expect(tamper(place, "update journal set body = '{}' where stream = 'kept'")).rejects.toThrow("append-only");
    await expect(tamper(place, "delete from journal where stream = 'kept'")).rejects.toThrow("append-only");
  });

  test("long streams are read in pages without a gap", async () => {
    const lease = await own("long");
    sure(
      await store.append(
        lease,
        0n,
        Array.from({ length: 1_201 }, (_, at) => entry(`long-${at}`)),
      ),
    );
    const seqs = (await all(store.read("long", 2n))).map(({ seq }) => seq);
    expect([seqs.length, seqs[0], seqs.at(-1)]).toEqual([1_200, 2n, 1_201n]);
  });

  test("a backup is one file with the same heads, readable alone, and never overwrites", async () => {
    const to = join(folder, `backup-${process.hrtime.bigint()}.sqlite`);
    const { heads } = sure(await store.backup(to));
    const streams = await store.streams();
    expect([...heads.keys()].toSorted()).toEqual(streams);
    const reader = sure(openReader(to));
    for (const stream of streams) {
      const [copy, live] = [await reader.head(stream), await store.head(stream)];
      expect([copy.seq, hex(copy.head), hex(heads.get(stream)!)]).toEqual([live.seq, hex(live.head), hex(live.head)]);
    }
    expect(await all(reader.read("chain", 1n))).toEqual(await all(store.read("chain", 1n)));
    expect(await reader.get("book", "x")).toEqual(await store.get("book", "x"));
    reader.close();
    expect(codeOf(await store.backup(to))).toBe("store/backup-exists");
  });
});

test("two keepers on one PostgreSQL server: a once key written by the other is seen", async () => {
  const place = await engines["postgres"]!.where();
  const [a, b] = [sure(await openStore(place)), sure(await openStore(place))];
  const [leaseA, leaseB] = [sure(await a.lease("a", "a", MINUTE)), sure(await b.lease("b", "b", MINUTE))];
  const rounds = Array.from({ length: 30 }, (_, at) => entry(`shared-${at}`));
  let [seqA, seqB] = [0n, 0n];
  for (const one of rounds) {
    const [x, y] = (await Promise.all([a.append(leaseA, seqA, [one]), b.append(leaseB, seqB, [one])])).map(sure);
    expect([x!.written[0], y!.written[0]].filter(Boolean)).toHaveLength(1);
    [seqA, seqB] = [x!.seq, y!.seq];
  }
  expect(seqA + seqB).toBe(30n);
  await Promise.all([a.close(), b.close()]);
});

test("a process that freezes inside a transaction does not keep its stream locked", async () => {
  const place = await engines["postgres"]!.where();
  const store = sure(await openStore(place));
  sure(await store.lease("frozen", "one", ms(1)));
  const frozen = connectPostgres(place, 1);
  await new Promise<void>((locked) => {
    void frozen
      .begin(async (sql) => {
        await sql`select * from lease where stream = 'frozen' for update`;
        locked();
        await new Promise(() => undefined);
      })
      .catch(() => "ended by the server");
  });
  await wait(10); // the lease of a millisecond is over
  expect(sure(await store.lease("frozen", "two", MINUTE)).fence).toBe(2n);
  await Promise.all([frozen.end({ timeout: 0 }), store.close()]);
});

test("a connection lost while writing is told as one failure, whatever the driver or the machine calls it", async () => {
  const place = await engines["postgres"]!.where();
  const store = sure(await openStore(place));
  const lease = sure(await store.lease("lost", "one", MINUTE));
  const other = connectPostgres(place, 2);
  const written = await other.begin(async (sql) => {
    await sql`select * from lease where stream = 'lost' for update`;
    const writing = Promise.all([store.append(lease, 0n, [entry("lost")]), store.put(lease, "v", "k", utf8("1"), 1n)]);
    await expect.poll(async () => (await waitingIn(other)).length).toBe(2);
    await other`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    return writing;
  });
  expect(written.map(codeOf)).toEqual(["store/write-failed", "store/write-failed"]);
  expect(await store.head("lost")).toEqual({ seq: 0n, head: GENESIS });
  await Promise.all([other.end(), store.close()]);
});

test("a lease taken over while an entry is on its way: the entry is not written", async () => {
  const place = await engines["postgres"]!.where();
  const store = sure(await openStore(place));
  const lease = sure(await store.lease("taken", "one", MINUTE));
  const other = connectPostgres(place, 2);
  const appending = await other.begin(async (sql) => {
    await sql`update lease set owner = 'two', fence = fence + 1 where stream = 'taken'`;
    const pending = [store.append(lease, 0n, [entry("taken")]), store.put(lease, "v", "k", utf8("1"), 1n)];
    await expect.poll(async () => (await waitingIn(other)).length).toBe(2);
    return () => Promise.all(pending);
  });
  expect((await appending()).map(codeOf)).toEqual(["store/lease-lost", "store/lease-lost"]);
  expect(await store.head("taken")).toEqual({ seq: 0n, head: GENESIS });
  expect(await store.get("v", "k")).toBeUndefined();
  await Promise.all([other.end(), store.close()]);
});

test("a server that does not answer is said plainly, without its password", async () => {
  const refused = await openStore("postgres://me:hunter2@127.0.0.1:1/none");
  expect(refused).toMatchObject({ failure: { code: "store/server-refused", facts: { server: "127.0.0.1:1" } } });
  expect(JSON.stringify(refused)).not.toContain("hunter2");
});
