import { readFileSync, statSync } from "node:fs";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { SecretSource } from "./config-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a secret from its variable or file; a file that others may read is refused. The value never enters a message. */
export function readSecret(source: SecretSource, environment: Environment): Result<string, Why> {
  if ("env" in source) {
    const value = environment[source.env];
    if (value !== undefined && value !== "") return ok(value);
    return fail(
      why("secret-missing", {
        detail: `the variable ${source.env} is not set`,
        next: `export ${source.env}, or name a file`,
      }),
    );
  }
  try {
    const mode = statSync(source.file).mode & 0o077;
    if (mode !== 0)
      return fail(
        why("secret-open", {
          detail: `${source.file} can be read by others (mode ${mode.toString(8)})`,
          next: `chmod 600 ${source.file}`,
        }),
      );
    return ok(readFileSync(source.file, "utf8").trim());
  } catch (error) {
    return fail(
      why("secret-unreadable", {
        detail: `${source.file}: ${(error as Error).message}`,
        next: "check the path and its owner",
      }),
    );
  }
}

/** Where a secret is and that it is there, without its value. */
export function secretState(source: SecretSource, environment: Environment): Result<string, Why> {
  const read = readSecret(source, environment);
  return read.ok ? ok("env" in source ? `from variable ${source.env}` : `from file ${source.file}`) : read;
}
