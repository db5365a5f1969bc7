import { resolve } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Config } from "./files/config-file.ts";
import { readSecret } from "./files/secrets.ts";

/** Where the journal of a config is: a data folder, or the URL of a PostgreSQL server. */
export function storeOf({ store, dataDir }: Config): Result<string, Why> {
  if (store === "sqlite") return ok(resolve(dataDir));
  const url = readSecret(store.postgres, process.env);
  if (!url.ok) return url;
  return /^postgres(ql)?:\/\//.test(url.value)
    ? url
    : fail(
        why("config-invalid", {
          detail: "store.postgres is not a postgres:// URL",
          next: "correct the variable or the file",
        }),
      );
}
