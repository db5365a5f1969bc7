import { mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type KeyEntry, KeyFile, keyFileText } from "./key-entry.ts";
import { type KeyLock, checkLock, damaged, lockBytes, unlockBytes } from "./key-lock.ts";
import { type ReplaceStep, replaceFile } from "./replace-file.ts";

/** Name of the key store in a data folder. */
export const KEY_STORE = "keys.age";

/** A store that was opened: its keys and the bytes that they were read from. */
interface Opened {
  readonly keys: readonly KeyEntry[];
  readonly bytes: Uint8Array | undefined;
}

/**
 * Reads the keys of a store.
 * @returns failures `keys/no-store`, `keys/readable-by-others`, `keys/unreadable`, and those of the lock.
 */
export async function readKeys(file: string, lock: KeyLock): Promise<Result<readonly KeyEntry[], Why>> {
  const opened = await open(file, lock);
  if (!opened.ok) return opened;
  if (opened.value.bytes !== undefined) return ok(opened.value.keys);
  return fail(why("keys/no-store", { detail: `there is no key store at ${file}`, next: "plimsoll keys add makes it" }));
}

/** Adds a key; makes the store where there is none. A name that is taken is refused: nothing is overwritten. */
export async function addKey(
  file: string,
  lock: KeyLock,
  entry: KeyEntry,
  step?: ReplaceStep,
): Promise<Result<void, Why>> {
  return change(file, lock, step, (keys) => {
    const { name } = entry;
    if (!keys.some((each) => each.name === name)) return ok([...keys, entry]);
    return fail(
      why("keys/name-taken", {
        detail: `a key is named ${name}`,
        next: `plimsoll keys rm ${name}, or take another name`,
      }),
    );
  });
}

export async function removeKey(file: string, lock: KeyLock, name: string): Promise<Result<void, Why>> {
  return change(file, lock, undefined, (keys) =>
    keys.some((each) => each.name === name) ? ok(keys.filter((each) => each.name !== name)) : fail(noKey(name, keys)),
  );
}

/** No key has this name; those that are there are named. */
export const noKey = (name: string, keys: readonly KeyEntry[]): Why =>
  why("keys/no-key", {
    detail: `no key is named ${name}; there ${keys.length === 0 ? "is none" : `are ${keys.map((key) => key.name).join(", ")}`}`,
    next: "plimsoll keys list shows them, plimsoll keys add makes one",
  });

async function change(
  file: string,
  lock: KeyLock,
  step: ReplaceStep | undefined,
  make: (keys: readonly KeyEntry[]) => Result<readonly KeyEntry[], Why>,
): Promise<Result<void, Why>> {
  const opened = await open(file, lock);
  if (!opened.ok) return opened;
  const { keys, bytes } = opened.value;
  const checked = bytes === undefined ? await checkLock(lock) : ok(undefined);
  if (!checked.ok) return checked;
  const made = make(keys);
  if (!made.ok) return made;
  const sealed = await lockBytes(keyFileText(made.value), lock);
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (replaceFile(file, sealed, () => sameBytes(bytesOf(file), bytes), step)) return ok(undefined);
    const next = "nothing was written: another process changed the store meanwhile; do it again";
    return fail(why("keys/changed-meanwhile", { file, next }));
  } catch (error) {
    const next = "the store is as it was: make its folder writable";
    return fail(why("keys/not-written", { file, detail: String(error), next }));
  }
}

async function open(file: string, lock: KeyLock): Promise<Result<Opened, Why>> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = bytesOf(file);
    if (bytes === undefined) return ok({ keys: [], bytes });
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0) return fail(readable(file, mode));
  } catch (error) {
    return fail(why("keys/unreadable", { file, detail: String(error), next: "check the path and its owner" }));
  }
  const text = await unlockBytes(bytes, lock, file);
  if (!text.ok) return text;
  const content = KeyFile.safeParse(parsed(text.value));
  return content.success ? ok({ keys: content.data.keys, bytes }) : fail(damaged(file, "what it holds are no keys"));
}

function bytesOf(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Without the complaint of the parser: it quotes the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;

const readable = (file: string, mode: number): Why =>
  why("keys/readable-by-others", {
    file,
    detail: `${file} can be read by others (mode ${mode.toString(8)})`,
    next: `chmod 600 ${file}`,
  });
