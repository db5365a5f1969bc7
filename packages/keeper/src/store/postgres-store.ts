import { GENESIS, type Store } from "@plimsoll/core/journal";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { detailOf, leaseAnswer, noJournal, writeFailed } from "./failures.ts";
import { groupCommit } from "./group-commit.ts";
import { type AppendRequest, type Appended, holds } from "./plan-appends.ts";
import { appendGroup, headsOf, heldOf, leasesOf } from "./postgres-append.ts";
import { backupPostgres } from "./postgres-backup.ts";
import { type Sql, connectPostgres, serverNow, serverOf } from "./postgres-connect.ts";
import { migratePostgres } from "./postgres-migrate.ts";
import { type JournalRow, type LeaseRow, entryOf } from "./rows.ts";
import type { Reader } from "./sqlite-reader.ts";
import { bytesOf, textOf, unhex } from "./text.ts";

const PAGE = 500;

/** The store on a PostgreSQL server: several keepers may share it; leases are timed by the server's clock. */
export async function openPostgresStore(url: string): Promise<Result<Store, Why>> {
  if (!URL.canParse(url)) return fail(refused(url, "this is not a URL"));
  const sql = connectPostgres(url);
  try {
    await migratePostgres(sql);
    return ok(storeOn(sql));
  } catch (error) {
    await sql.end({ timeout: 1 });
    return fail(refused(url, detailOf(error)));
  }
}

/** The same for reading only: nothing is made there, so that a user who may only read can. */
export async function openPostgresReader(url: string): Promise<Result<Reader & { close(): Promise<void> }, Why>> {
  if (!URL.canParse(url)) return fail(refused(url, "this is not a URL"));
  const sql = connectPostgres(url);
  try {
    const [table] = await sql`select to_regclass('journal') as name`;
    if (table?.["name"] !== null) return ok(storeOn(sql));
    await sql.end({ timeout: 1 });
    return fail(noJournal(serverOf(url)));
  } catch (error) {
    await sql.end({ timeout: 1 });
    return fail(refused(url, detailOf(error)));
  }
}

const refused = (url: string, detail: string): Why =>
  why("store/server-refused", {
    server: serverOf(url),
    detail,
    next: "check that the PostgreSQL server runs, that the URL is right and that its user may create tables",
  });

function storeOn(sql: Sql): Store {
  const append = groupCommit<AppendRequest, Appended>((group) => appendGroup(sql, group));
  return {
    lease: async (stream, owner, ttlMs) => {
      try {
        const [row] = await sql<LeaseRow[]>`
          insert into lease (stream, owner, fence, until_ms) values (${stream}, ${owner}, 1, ${serverNow(sql)} + ${BigInt(ttlMs)})
          on conflict (stream) do update set owner = excluded.owner, until_ms = excluded.until_ms,
            fence = lease.fence + case when lease.owner = excluded.owner and lease.until_ms > ${serverNow(sql)} then 0 else 1 end
          where lease.owner = excluded.owner or lease.until_ms <= ${serverNow(sql)}
          returning stream, owner, fence, until_ms`;
        const [holder] = row === undefined ? await sql<LeaseRow[]>`select * from lease where stream = ${stream}` : [];
        return leaseAnswer(row, holder);
      } catch (error) {
        return writeFailed(`lease of ${stream}`, error);
      }
    },
    append: (lease, expectSeq, entries) =>
      append({ lease, expectSeq, entries }).catch((error: unknown) => writeFailed(`entries of ${lease.stream}`, error)),
    async *read(stream, from) {
      for (let next = from; ;) {
        const rows = await sql<JournalRow[]>`
          select * from journal where stream = ${stream} and seq >= ${next} order by seq limit ${PAGE}`;
        for (const row of rows) yield entryOf(row);
        if (rows.length < PAGE) return;
        next = rows.at(-1)!.seq + 1n;
      }
    },
    head: async (stream) => {
      const [row] = await headsOf(sql, [stream]);
      return row === undefined ? { seq: 0n, head: GENESIS } : { seq: row.seq, head: unhex(row.hash) };
    },
    streams: async () => {
      const rows = await sql<{ stream: string }[]>`select distinct stream from journal`;
      return rows.map(({ stream }) => stream).toSorted();
    },
    put: async (lease, view, key, value, upTo) => {
      try {
        const held = await sql`
          with held as materialized (${heldOf(sql, [lease])}), written as (
            insert into view_row (view, key, body, up_to)
            select ${view}, ${key}, ${textOf(value)}, ${upTo}::bigint from held
            on conflict (view, key) do update set body = excluded.body, up_to = excluded.up_to
            where excluded.up_to >= view_row.up_to)
          select stream from held`;
        return held.length > 0 ? ok(undefined) : holds(lease, await leasesOf(sql, [lease.stream]));
      } catch (error) {
        return writeFailed(`view ${view}`, error);
      }
    },
    get: async (view, key) => {
      const [row] = await sql<{ body: string; up_to: bigint }[]>`
        select body, up_to from view_row where view = ${view} and key = ${key}`;
      return row === undefined ? undefined : { value: bytesOf(row.body), upTo: row.up_to };
    },
    backup: (to) => backupPostgres(sql, to),
    close: () => sql.end({ timeout: 5 }),
  };
}
