import type { Store } from "@plimsoll/core/journal";
import type { Result, Why } from "@plimsoll/core/units";
import { openPostgresStore } from "./postgres-store.ts";
import { openSqliteStore } from "./sqlite-store.ts";

/** Opens the journal's store: a `postgres://` URL, or else a folder of this machine. */
export const openStore = async (where: string): Promise<Result<Store, Why>> =>
  /^postgres(?:ql)?:\/\//.test(where) ? openPostgresStore(where) : openSqliteStore(where);
