import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { GENESIS, type Store } from "@plimsoll/core/journal";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { detailOf, noJournal } from "./failures.ts";
import { type HeadRow, type JournalRow, entryOf } from "./rows.ts";
import { DATA_FILE } from "./sqlite-folder.ts";
import { bytesOf, unhex } from "./text.ts";

/** What may be asked of a store without the right to write. */
export type Reader = Pick<Store, "read" | "head" | "streams" | "get">;

const PAGE = 500;

/** The reading half of the store; pages, so that a long read holds no lock against the writer. */
export function readerOf(database: DatabaseSync): Reader {
  const page = database.prepare("select * from journal where stream = ? and seq >= ? order by seq limit ?");
  const headOf = database.prepare("select stream, seq, hash from journal where stream = ? order by seq desc limit 1");
  const streams = database.prepare("select distinct stream from journal");
  const viewOf = database.prepare("select body, up_to from view_row where view = ? and key = ?");
  return {
    async *read(stream, from) {
      for (let next = from; ;) {
        const rows = page.all(stream, next, PAGE) as unknown as readonly JournalRow[];
        for (const row of rows) yield entryOf(row);
        if (rows.length < PAGE) return;
        next = rows.at(-1)!.seq + 1n;
      }
    },
    head: async (stream) => {
      const row = headOf.get(stream) as HeadRow | undefined;
      return row === undefined ? { seq: 0n, head: GENESIS } : { seq: row.seq, head: unhex(row.hash) };
    },
    streams: async () =>
      streams
        .all()
        .map(({ stream }) => String(stream))
        .toSorted(),
    get: async (view, key) => {
      const row = viewOf.get(view, key) as { body: string; up_to: bigint } | undefined;
      return row === undefined ? undefined : { value: bytesOf(row.body), upTo: row.up_to };
    },
  };
}

/** Opens a data folder, or a backup file, for reading only, also while a keeper writes to it. */
export function openReader(path: string): Result<Reader & { close(): void }, Why> {
  const file = path.endsWith(".sqlite") ? path : join(path, DATA_FILE);
  if (!existsSync(file)) return fail(noJournal(file));
  try {
    const database = new DatabaseSync(file, { readOnly: true, readBigInts: true, timeout: 5_000 });
    return ok({ ...readerOf(database), close: () => database.close() });
  } catch (error) {
    return fail(why("store/unreadable", { file, detail: detailOf(error), next: "name a data folder or a backup" }));
  }
}
