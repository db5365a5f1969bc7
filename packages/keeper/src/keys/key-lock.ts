import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";

/**
 * What opens a key store: a passphrase, or an age identity ("AGE-SECRET-KEY-1..."). The file can be read with the `age` tool too.
 * `scryptWork` is what one guess at the passphrase of a store that is written costs, 2^scryptWork rounds; only tests lower it.
 */
export type KeyLock = { readonly passphrase: string; readonly scryptWork?: number } | { readonly identity: string };

/** The age format's usual choice: about a second a guess. */
const SCRYPT_WORK = 18;
const SHORTEST_PASSPHRASE = 10;

/** Refuses a lock that would not hold, before anything is written with it. */
export async function checkLock(lock: KeyLock): Promise<Result<void, Why>> {
  if ("passphrase" in lock) {
    const { length } = lock.passphrase;
    if (length >= SHORTEST_PASSPHRASE) return ok(undefined);
    const next = "use a longer one: four or five random words";
    return fail(why("keys/passphrase-short", { has: `${length}`, needed: `${SHORTEST_PASSPHRASE}`, next }));
  }
  try {
    await identityToRecipient(lock.identity);
    return ok(undefined);
  } catch {
    return fail(why("keys/identity-malformed", { next: "name a file that age-keygen wrote" }));
  }
}

export async function lockBytes(text: string, lock: KeyLock): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  if ("passphrase" in lock) {
    encrypter.setScryptWorkFactor(lock.scryptWork ?? SCRYPT_WORK);
    encrypter.setPassphrase(lock.passphrase);
  } else encrypter.addRecipient(await identityToRecipient(lock.identity));
  return encrypter.encrypt(text);
}

/** @returns the text; failures `keys/other-lock`, `keys/wrong-passphrase`, `keys/wrong-identity`, `keys/damaged`. */
export async function unlockBytes(bytes: Uint8Array, lock: KeyLock, file: string): Promise<Result<string, Why>> {
  const given = "passphrase" in lock ? "passphrase" : "identity";
  const needed = lockOf(bytes);
  if (needed !== undefined && needed !== given)
    return fail(why("keys/other-lock", { file, needed, given, next: `open it with its ${needed}` }));
  try {
    const decrypter = new Decrypter();
    if ("passphrase" in lock) decrypter.addPassphrase(lock.passphrase);
    else decrypter.addIdentity(lock.identity);
    return ok(await decrypter.decrypt(bytes, "text"));
  } catch (error) {
    return fail(String(error).includes("no identity matched") ? wrongLock(file, given) : damaged(file, String(error)));
  }
}

/** What the file's header asks for; undefined where it cannot be told. @source age format specification, C2SP age.md */
function lockOf(bytes: Uint8Array): "passphrase" | "identity" | undefined {
  const [first, stanza = ""] = Buffer.from(bytes.subarray(0, 64)).toString("latin1").split("\n");
  if (first !== "age-encryption.org/v1") return undefined;
  if (stanza.startsWith("-> scrypt ")) return "passphrase";
  return stanza.startsWith("-> X25519 ") ? "identity" : undefined;
}

const wrongLock = (file: string, given: "passphrase" | "identity"): Why =>
  why(`keys/wrong-${given}`, {
    file,
    detail: `this ${given} does not open ${file}`,
    next: `give the ${given} that it was made with; if it is the right one, the file's first lines are damaged: restore a backup`,
  });

export const damaged = (file: string, detail: string): Why =>
  why("keys/damaged", {
    file,
    detail: `${file} is damaged: ${detail}`,
    next: "restore it from a backup, or remove it and add the keys anew",
  });
