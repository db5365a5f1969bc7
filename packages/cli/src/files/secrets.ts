import { readFileSync, statSync } from "node:fs";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import * as z from "zod";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A secret is never in a config file: the name of an environment variable, or a file that only its owner may read. Never both. */
export const secretSource = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  { error: "not a secret's place: write exactly one of { env: VARIABLE } and { file: PATH }; never the secret itself" },
);
export type SecretSource = z.output<typeof secretSource>;

export const placeOf = (source: SecretSource): string =>
  "env" in source ? `variable ${source.env}` : `file ${source.file}`;

/** Reads a secret from its variable or file; a file that others may read is refused. The value never enters a message. */
export function readSecret(source: SecretSource, environment: Environment): Result<string, Why> {
  if ("file" in source) return readSecretFile(source.file);
  const value = environment[source.env];
  if (value !== undefined && value !== "") return ok(value);
  return fail(
    why("secret-missing", {
      detail: `the variable ${source.env} is not set`,
      next: `export ${source.env}, or name a file`,
    }),
  );
}

/** The text of a file that only its owner may read, without blanks around it. */
export function readSecretFile(file: string): Result<string, Why> {
  try {
    const mode = statSync(file).mode & 0o077;
    if (mode !== 0)
      return fail(
        why("secret-open", {
          detail: `${file} can be read by others (mode ${mode.toString(8)})`,
          next: `chmod 600 ${file}`,
        }),
      );
    const text = readFileSync(file, "utf8").trim();
    if (text !== "") return ok(text);
    return fail(why("secret-missing", { detail: `${file} is empty`, next: "write the secret into it" }));
  } catch (error) {
    return fail(
      why("secret-unreadable", {
        detail: `${file}: ${(error as Error).message}`,
        next: "check the path and its owner",
      }),
    );
  }
}
