import type { Lease } from "@plimsoll/core/journal";
import { ms } from "@plimsoll/core/units";
import postgres from "postgres";
import { type AppendRequest, type Appended, type Standing, planAppends } from "./plan-appends.ts";
import { type Sql, serverNow } from "./postgres-connect.ts";
import type { HeadRow, JournalRow, LeaseRow } from "./rows.ts";

/*
 * Every write is one statement that itself checks the lease: there is no moment inside a transaction in which a process could freeze
 * and hold its stream, or wake up when the server has ended its session. The driver (3.4.9) is not safe there: it may send the rest of
 * a lost transaction over a new connection, outside of any transaction, and its own rollback to the lost one ends the process
 * (github.com/porsager/postgres, 1155, 1208 and 1215).
 */

/**
 * Writes a group in one statement. Whoever wrote a number or a once key in between, or took a lease, makes it write nothing: the next
 * try then sees that.
 * @throws what the driver throws, and when the leases change with every try.
 */
export async function appendGroup(sql: Sql, group: readonly AppendRequest[], tries = 5): Promise<readonly Appended[]> {
  const { rows, answers } = planAppends(group, await standingOf(sql, group));
  if (rows.length === 0) return answers;
  const writers = new Map(group.flatMap(({ lease }, at) => (answers[at]!.ok ? [[lease.stream, lease] as const] : [])));
  try {
    const { count } = await insertRows(sql, rows, [...writers.values()]);
    if (count === rows.length) return answers;
    if (tries === 1) throw new Error("the leases changed with every try");
  } catch (error) {
    const isTaken = error instanceof postgres.PostgresError && error.code === UNIQUE_VIOLATION;
    if (tries === 1 || !isTaken) throw error;
  }
  return appendGroup(sql, group, tries - 1);
}

const UNIQUE_VIOLATION = "23505";

async function standingOf(sql: Sql, group: readonly AppendRequest[]): Promise<Standing> {
  const streams = [...new Set(group.map(({ lease }) => lease.stream))];
  const keys = group.flatMap(({ entries }) => entries.map(({ onceKey }) => onceKey));
  const [{ leases, now }, heads, taken] = await Promise.all([
    leasesOf(sql, streams),
    headsOf(sql, streams),
    sql<{ once_key: string }[]>`select once_key from journal where once_key = any(${keys}::text[])`,
  ]);
  return { leases, now, heads, taken: taken.map((row) => row.once_key) };
}

/** The streams' leases, and the server's time. */
export async function leasesOf(sql: Sql, streams: readonly string[]) {
  const rows = await sql<(LeaseRow & { now: bigint })[]>`
    select stream, owner, fence, until_ms, ${serverNow(sql)} as now from lease where stream = any(${streams}::text[])`;
  return { leases: rows, now: ms(Number(rows[0]?.now ?? 0n)) };
}

export const headsOf = (sql: Sql, streams: readonly string[]) => sql<HeadRow[]>`
  select wanted.stream, last.seq, last.hash from unnest(${streams}::text[]) as wanted (stream)
  cross join lateral (select seq, hash from journal where stream = wanted.stream order by seq desc limit 1) as last`;

/** Those of the leases that still hold, kept so until the statement ends: nobody takes one over meanwhile. */
export const heldOf = (sql: Sql, leases: readonly Lease[]) => sql`
  select lease.stream from lease join unnest(
    ${leases.map(({ stream }) => stream)}::text[], ${leases.map(({ owner }) => owner)}::text[],
    ${leases.map(({ fence }) => String(fence))}::bigint[]
  ) as mine (stream, owner, fence)
  on lease.stream = mine.stream and lease.owner = mine.owner and lease.fence = mine.fence
  where lease.until_ms > ${serverNow(sql)} for share of lease`;

/** All rows, or none unless every writer still holds its lease. */
const insertRows = (sql: Sql, rows: readonly JournalRow[], writers: readonly Lease[]) => sql`
  with held as materialized (${heldOf(sql, writers)})
  insert into journal (stream, seq, at_ms, once_key, body, prev_hash, hash)
  select * from unnest(
    ${rows.map((row) => row.stream)}::text[], ${rows.map((row) => String(row.seq))}::bigint[],
    ${rows.map((row) => String(row.at_ms))}::bigint[], ${rows.map((row) => row.once_key)}::text[],
    ${rows.map((row) => row.body)}::text[], ${rows.map((row) => row.prev_hash)}::text[], ${rows.map((row) => row.hash)}::text[])
  where (select count(*) from held) = ${writers.length}::int`;
