import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NewEntry, type Store } from "@plimsoll/core/journal";
import { type Result, type Why, canonical, ms, utf8 } from "@plimsoll/core/units";
import { openStore } from "@plimsoll/keeper";
import { type Prepare, agree } from "./row.ts";

const [inPlace, growing, bare64, store1, store64] = [
  "write + fdatasync, space taken before",
  "write + fdatasync, file grows",
  "write 64 + fdatasync, space taken before",
  "our store, 1 to a commit",
  "our store, 64 to a commit",
];
/** Of a file system that lives in memory: nothing is durable there. @source Linux magic.h, TMPFS_MAGIC */
const TMPFS = 0x01021994;
/** About what one journal record holds. */
const RECORD_BYTES = 300;
const GROUP = 64;

/** What makes a decision durable, against the least a disk can be asked for. */
export const prepareDurableCommit: Prepare = async (quick) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  agree(statfsSync(folder).type !== TMPFS, `${folder} is in memory; set TMPDIR to a folder on the disk`);
  const store = sure(await openStore(join(folder, "data")));
  const singles = quick ? 2 : 4;
  const [record, records] = [Buffer.alloc(RECORD_BYTES, "x"), Buffer.alloc(RECORD_BYTES * GROUP, "x")];
  const [place, rest] = [bareFile(join(folder, "in-place"), 2 ** 26), bareFile(join(folder, "growing"), 0)];
  const journal = await writer(store);
  const start = await journal.length();
  await journal.append(1);
  await journal.append(GROUP);
  agree(
    (await journal.length()) - start === BigInt(GROUP) + 1n,
    "the store holds another number of entries than was written",
  );

  return {
    question: `durable commits of records of ${RECORD_BYTES} bytes, on ${tmpdir()}`,
    unit: "record",
    clock: "wall",
    finer: quick ? 3 : 12,
    contenders: [
      { name: inPlace, units: singles, run: () => repeat(singles, () => place.append(record)) },
      { name: store1, units: singles, run: () => repeat(singles, () => journal.append(1)) },
      { name: growing, units: singles, run: () => repeat(singles, () => rest.append(record)) },
      {
        name: bare64,
        units: GROUP,
        run: () => place.append(records),
      },
      { name: store64, units: GROUP, run: () => journal.append(GROUP) },
    ],
    ratios: [
      [store1, inPlace],
      [store1, growing],
      [store64, bare64],
      [store64, store1],
    ],
    checked: ["every entry of a group is in the store, by its own count"],
    close: async () => {
      await store.close();
      place.close();
      rest.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

async function repeat(times: number, write: () => number | Promise<number>): Promise<number> {
  let written = 0;
  for (let i = 0; i < times; i++) written = await write();
  return written;
}

/** Appends to a file and syncs it; `space` bytes are written before, so that the file system has nothing to allocate. */
function bareFile(path: string, space: number) {
  const file = openSync(path, "w");
  for (let at = 0; at < space; at += 2 ** 20) writeSync(file, Buffer.alloc(2 ** 20), 0, 2 ** 20, at);
  fdatasyncSync(file);
  let at = 0;
  return {
    append: (bytes: Buffer): number => {
      writeSync(file, bytes, 0, bytes.length, at);
      fdatasyncSync(file);
      at += bytes.length;
      return at;
    },
    close: () => closeSync(file),
  };
}

/** Appends entries as the keeper does: one stream, one lease, the expected sequence carried along. */
async function writer(store: Store) {
  const lease = sure(await store.lease("book", "bench", ms(3_600_000)));
  let seq = 0n;
  let once = 0;
  const empty = canonical({ kind: "bench", fill: "" });
  const bytes = utf8(canonical({ kind: "bench", fill: "x".repeat(RECORD_BYTES - empty.length) }));
  const entry = (): NewEntry => ({ onceKey: `bench/${once++}`, at: ms(once), bytes });
  return {
    append: async (entries: number): Promise<number> => {
      ({ seq } = sure(await store.append(lease, seq, Array.from({ length: entries }, entry))));
      return Number(seq);
    },
    length: async () => (await store.head("book")).seq,
  };
}

function sure<T>(result: Result<T, Why>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.failure.code} ${JSON.stringify(result.failure.facts)}`);
}
