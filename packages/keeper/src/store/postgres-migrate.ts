import { MIGRATION_TABLE, migrationsOf } from "./migrations.ts";
import type { Sql } from "./postgres-connect.ts";

/** Any fixed number: keepers that start together migrate one after the other. */
const ADVISORY_LOCK = 7_226_001;

/** Brings the server's schema up to date, in one transaction. */
export async function migratePostgres(sql: Sql): Promise<void> {
  await sql.begin(async (held) => {
    await held`select pg_advisory_xact_lock(${ADVISORY_LOCK})`;
    await held.unsafe(MIGRATION_TABLE);
    const rows = await held<{ name: string }[]>`select name from migration`;
    const done = new Set(rows.map(({ name }) => name));
    for (const { name, sql: text } of migrationsOf("postgres")) {
      if (done.has(name)) continue;
      await held.unsafe(text);
      await held`insert into migration (name) values (${name})`;
    }
  });
}
