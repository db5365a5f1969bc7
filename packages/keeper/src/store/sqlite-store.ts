import type { Store } from "@plimsoll/core/journal";
import { type Ms, type Result, type Why, ms, ok } from "@plimsoll/core/units";
import type { DatabaseSync } from "node:sqlite";
import { leaseAnswer, untilOf, writeFailed } from "./failures.ts";
import { groupCommit } from "./group-commit.ts";
import { type AppendRequest, type Appended, holds, planAppends } from "./plan-appends.ts";
import type { HeadRow, LeaseRow } from "./rows.ts";
import { backupSqlite } from "./sqlite-backup.ts";
import { openFolder } from "./sqlite-folder.ts";
import { type Reader, readerOf } from "./sqlite-reader.ts";
import { textOf } from "./text.ts";

const LEASE = `insert into lease (stream, owner, fence, until_ms) values (:stream, :owner, 1, :until)
  on conflict (stream) do update set owner = excluded.owner, until_ms = excluded.until_ms,
    fence = lease.fence + case when lease.owner = excluded.owner and lease.until_ms > :now then 0 else 1 end
  where lease.owner = excluded.owner or lease.until_ms <= :now
  returning stream, owner, fence, until_ms`;
const PUT = `insert into view_row (view, key, body, up_to) values (:view, :key, :body, :upTo)
  on conflict (view, key) do update set body = excluded.body, up_to = excluded.up_to where excluded.up_to >= view_row.up_to`;
const INSERT = `insert into journal (stream, seq, at_ms, once_key, body, prev_hash, hash)
  values (:stream, :seq, :at_ms, :once_key, :body, :prev_hash, :hash)`;

/**
 * The store in a folder of this machine: SQLite in WAL mode, each commit synced before it is acknowledged.
 * The calls block the thread for the time of a commit; concurrent appends share one.
 */
export function openSqliteStore(folder: string, now: () => Ms = () => ms(Date.now())): Result<Store, Why> {
  const opened = openFolder(folder);
  if (!opened.ok) return opened;
  const { database, close } = opened.value;
  // The folder's lock is ours, so whoever held these leases is dead.
  database.exec("update lease set until_ms = 0");
  return ok(storeOn(database, readerOf(database), now, close));
}

function storeOn(database: DatabaseSync, reader: Reader, now: () => Ms, close: () => void): Store {
  const leaseOf = database.prepare("select stream, owner, fence, until_ms from lease where stream = ?");
  const headOf = database.prepare("select stream, seq, hash from journal where stream = ? order by seq desc limit 1");
  const takenOf = database.prepare("select once_key from journal where once_key in (select value from json_each(?))");
  const [takeLease, putRow, insert] = [database.prepare(LEASE), database.prepare(PUT), database.prepare(INSERT)];
  const readLease = (stream: string) => leaseOf.get(stream) as LeaseRow | undefined;
  const standing = (streams: readonly string[]) => ({
    now: now(),
    leases: streams.flatMap((stream) => readLease(stream) ?? []),
    heads: streams.flatMap((stream) => (headOf.get(stream) as HeadRow | undefined) ?? []),
  });

  const append = groupCommit<AppendRequest, Appended>(async (group) =>
    inTransaction(database, () => {
      const keys = group.flatMap(({ entries }) => entries.map(({ onceKey }) => onceKey));
      const taken = takenOf.all(JSON.stringify(keys)).map((row) => String(row["once_key"]));
      const streams = [...new Set(group.map(({ lease }) => lease.stream))];
      const { rows, answers } = planAppends(group, { ...standing(streams), taken });
      for (const row of rows) insert.run({ ...row });
      return answers;
    }),
  );

  return {
    ...reader,
    lease: async (stream, owner, ttlMs) => {
      try {
        const at = now();
        const row = takeLease.get({ stream, owner, now: BigInt(at), until: untilOf(at, ttlMs) });
        return leaseAnswer(row as LeaseRow | undefined, readLease(stream));
      } catch (error) {
        return writeFailed(`lease of ${stream}`, error);
      }
    },
    append: (lease, expectSeq, entries) =>
      append({ lease, expectSeq, entries }).catch((error: unknown) => writeFailed(`entries of ${lease.stream}`, error)),
    put: async (lease, view, key, value, upTo) => {
      try {
        return inTransaction(database, () => {
          const held = holds(lease, standing([lease.stream]));
          if (held.ok) putRow.run({ view, key, body: textOf(value), upTo });
          return held;
        });
      } catch (error) {
        return writeFailed(`view ${view}`, error);
      }
    },
    backup: (to) => backupSqlite(database, to),
    close: async () => close(),
  };
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("begin immediate");
  try {
    const done = work();
    database.exec("commit");
    return done;
  } catch (error) {
    if (database.isTransaction) database.exec("rollback");
    throw error;
  }
}
