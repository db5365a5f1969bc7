import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Sql, Transaction } from "./postgres-connect.ts";
import { type BackedUp, backupBy } from "./sqlite-backup.ts";
import { openDatabase } from "./sqlite-folder.ts";

/** What a backup carries. Leases stay behind: they belong to processes that the copy does not know. */
const TABLES = {
  journal: ["stream", "seq", "at_ms", "once_key", "body", "prev_hash", "hash"],
  view_row: ["view", "key", "body", "up_to"],
} as const;

/**
 * The server's journal and views as one SQLite file, the same file that the embedded store writes: readable by every command and
 * usable as a data folder. For backups to restore into PostgreSQL use the server's own tools.
 */
export const backupPostgres = (sql: Sql, to: string): Promise<BackedUp> =>
  backupBy(to, async (part) => {
    const copy = openDatabase(part);
    try {
      await sql.begin("isolation level repeatable read read only", async (held) => {
        for (const [table, columns] of Object.entries(TABLES)) await copyTable(held, copy, table, columns);
      });
    } finally {
      copy.close();
    }
  });

async function copyTable(sql: Transaction, copy: DatabaseSync, table: string, columns: readonly string[]) {
  const insert = copy.prepare(
    `insert into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`,
  );
  await sql`select * from ${sql(table)} order by 1, 2`.cursor(500, (rows) => {
    copy.exec("begin");
    for (const row of rows) insert.run(...columns.map((column) => row[column] as SQLInputValue));
    copy.exec("commit");
  });
}
