import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, backup } from "node:sqlite";
import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { backupExists, noJournal, writeFailed } from "./failures.ts";
import { DATA_FILE } from "./sqlite-folder.ts";
import { readerOf } from "./sqlite-reader.ts";

export type BackedUp = Result<{ readonly heads: ReadonlyMap<string, Uint8Array> }, Why>;

/** A consistent copy of a live database as one file; `to` must not exist, and exists only when the copy is whole. */
export const backupSqlite = (database: DatabaseSync, to: string): Promise<BackedUp> =>
  backupBy(to, async (part) => void (await backup(database, part)));

/** The same of a data folder, also while a keeper writes to it. */
export async function backupFolder(folder: string, to: string): Promise<BackedUp> {
  const file = join(folder, DATA_FILE);
  if (!existsSync(file)) return fail(noJournal(file));
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  } catch (error) {
    return writeFailed(`backup of ${file}`, error);
  }
  try {
    return await backupSqlite(database, to);
  } finally {
    database.close();
  }
}

/** Lets `copy` write a file beside `to`, checks it, and only then gives it its name. */
export async function backupBy(to: string, copy: (part: string) => Promise<void>): Promise<BackedUp> {
  if (existsSync(to)) return backupExists(to);
  const part = `${to}.part`;
  try {
    rmSync(part, { force: true });
    await copy(part);
    const heads = await seal(part);
    renameSync(part, to);
    return ok({ heads });
  } catch (error) {
    rmSync(part, { force: true });
    return writeFailed(`backup ${to}`, error);
  }
}

/** Folds the log into the one file, has SQLite check every page, and reads the heads from the copy itself. */
async function seal(file: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const copy = new DatabaseSync(file, { readBigInts: true });
  try {
    copy.exec("pragma journal_mode = delete; pragma synchronous = full");
    const check = copy.prepare("pragma integrity_check").get()?.["integrity_check"];
    if (check !== "ok") throw new Error(`the copy is damaged: ${String(check)}`);
    const reader = readerOf(copy);
    const heads = new Map<string, Uint8Array>();
    for (const stream of await reader.streams()) heads.set(stream, (await reader.head(stream)).head);
    return heads;
  } finally {
    copy.close();
  }
}
