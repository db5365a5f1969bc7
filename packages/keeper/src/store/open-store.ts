import type { Store } from "@plimsoll/core/journal";
import type { Result, Why } from "@plimsoll/core/units";
import { openPostgresReader, openPostgresStore } from "./postgres-store.ts";
import { type Reader, openReader } from "./sqlite-reader.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const isUrl = (where: string): boolean => /^postgres(?:ql)?:\/\//.test(where);

/** Opens the journal's store: a `postgres://` URL, or else a folder of this machine. */
export const openStore = async (where: string): Promise<Result<Store, Why>> =>
  isUrl(where) ? openPostgresStore(where) : openSqliteStore(where);

/** Opens a journal for reading only, wherever it is kept, also while a keeper writes to it. */
export const openJournal = async (where: string): Promise<Result<Reader & { close(): void | Promise<void> }, Why>> =>
  isUrl(where) ? openPostgresReader(where) : openReader(where);
