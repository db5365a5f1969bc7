import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { detailOf } from "./failures.ts";
import { MIGRATION_TABLE, migrationsOf } from "./migrations.ts";

export const DATA_FILE = "plimsoll.sqlite";
const LOCK_FILE = "plimsoll.lock";

export interface DataFolder {
  readonly database: DatabaseSync;
  readonly close: () => void;
}

/**
 * Opens a data folder for writing: one process at a time, by a lock that the system drops when the process dies.
 * @returns failures `store/folder-not-writable` and `store/folder-in-use`, with the process that holds it.
 */
export function openFolder(folder: string): Result<DataFolder, Why> {
  try {
    mkdirSync(folder, { recursive: true });
    const lock = takeLock(folder);
    if (!lock.ok) return lock;
    const database = openDatabase(join(folder, DATA_FILE));
    const close = () => {
      database.close();
      lock.value.close();
    };
    return ok({ database, close });
  } catch (error) {
    return fail(notWritable(folder, error));
  }
}

/** A database file with our settings and all migrations: every commit is on the disk when it returns. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readBigInts: true, timeout: 5_000 });
  try {
    database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma recursive_triggers = on");
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  database.exec("begin immediate");
  try {
    database.exec(MIGRATION_TABLE);
    const done = new Set(
      database
        .prepare("select name from migration")
        .all()
        .map(({ name }) => name),
    );
    for (const { name, sql } of migrationsOf("sqlite")) {
      if (done.has(name)) continue;
      database.exec(sql);
      database.prepare("insert into migration (name) values (?)").run(name);
    }
    database.exec("commit");
  } catch (error) {
    database.exec("rollback");
    throw error;
  }
}

/** A write transaction kept open on a file of its own: a file lock of the system, not a number that a dead process leaves behind. */
function takeLock(folder: string): Result<DatabaseSync, Why> {
  const lock = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  try {
    lock.exec("begin immediate; create table if not exists holder (pid integer not null); delete from holder");
    lock.prepare("insert into holder (pid) values (?)").run(process.pid);
    lock.exec("commit; begin immediate");
    return ok(lock);
  } catch (error) {
    if (!detailOf(error).includes("locked")) throw error;
    const holder = lock.prepare("select pid from holder").get();
    lock.close();
    return fail(
      why("store/folder-in-use", {
        folder,
        pid: String(holder?.["pid"] ?? "unknown"),
        next: "one process keeps a data folder: stop that process, or start this one with another folder",
      }),
    );
  }
}

const notWritable = (folder: string, error: unknown): Why =>
  why("store/folder-not-writable", {
    folder,
    exists: existsSync(folder) ? "yes" : "no",
    detail: detailOf(error),
    next: "the journal must be on a disk that this user may write: fix the owner or mode of the folder, or name another",
  });
