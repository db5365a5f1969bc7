import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type Dialect = "sqlite" | "postgres";
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** What every database has before its first migration. */
export const MIGRATION_TABLE = "create table if not exists migration (name text not null primary key)";

const folder = fileURLToPath(new URL("../../migrations/", import.meta.url));

/** Migrations of one engine, oldest first: `NNNN_name.sql` serves both, `NNNN_name.<dialect>.sql` one. */
export function migrationsOf(dialect: Dialect): readonly Migration[] {
  const own = new RegExp(`^\\d{4}_[a-z_]+(?:\\.${dialect})?\\.sql$`);
  return readdirSync(folder)
    .filter((name) => own.test(name))
    .toSorted()
    .map((name) => ({ name, sql: readFileSync(`${folder}${name}`, "utf8") }));
}
