import { dirname, resolve } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { KeyLock } from "@plimsoll/keeper";
import { type Environment, type SecretSource, readSecret, readSecretFile } from "./secrets.ts";

export const PASSPHRASE_VARIABLE = "PLIMSOLL_KEYS_PASSPHRASE";

/** Where the lock of a key store may be; the first that is named is the one. */
export interface LockPlaces {
  readonly identity?: string | undefined;
  readonly passphrase?: SecretSource | undefined;
}

/** Asks a person, or the next line of what was piped in. */
export type Ask = (label: string) => Promise<Result<string, Why>>;

/**
 * The lock of a key store: the identity file or the passphrase's place that was named, else the variable, else a question.
 * @returns failures `keys/two-locks`, `keys/identity-beside-store`, `keys/identity-malformed`, and those of reading a secret.
 */
export async function readKeyLock(
  file: string,
  { identity, passphrase }: LockPlaces,
  environment: Environment,
  ask: Ask,
): Promise<Result<KeyLock, Why>> {
  if (identity !== undefined && passphrase !== undefined)
    return fail(why("keys/two-locks", { detail: "an identity and a passphrase are named", next: "name one of them" }));
  if (identity !== undefined) return readIdentity(file, identity);
  const read = await readPassphrase(passphrase, environment, ask);
  return read.ok ? ok({ passphrase: read.value }) : read;
}

function readPassphrase(named: SecretSource | undefined, environment: Environment, ask: Ask) {
  if (named !== undefined) return readSecret(named, environment);
  if ((environment[PASSPHRASE_VARIABLE] ?? "") !== "") return readSecret({ env: PASSPHRASE_VARIABLE }, environment);
  return ask("Passphrase of the key store");
}

/** An identity file as age-keygen writes it: one key, comments around it. Beside the store it protects nothing. */
function readIdentity(store: string, file: string): Result<KeyLock, Why> {
  if (dirname(resolve(file)) === dirname(resolve(store)))
    return fail(
      why("keys/identity-beside-store", {
        detail: `the identity ${file} is in the folder of the store that it opens: whoever copies the folder has the keys`,
        next: "keep it elsewhere: a mounted secret, another disk",
      }),
    );
  const text = readSecretFile(file);
  if (!text.ok) return text;
  const lines = text.value.split("\n").map((line) => line.trim());
  const identities = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const [identity = ""] = identities;
  if (identities.length === 1 && /^AGE-SECRET-KEY-1[0-9A-Z]+$/.test(identity)) return ok({ identity });
  const next = "name a file that age-keygen wrote";
  return fail(why("keys/identity-malformed", { detail: `${file} does not hold one age identity`, next }));
}
