import { join } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import {
  KEY_STORE,
  type KeyEntry,
  type KeyLock,
  type KeyParts,
  keyFingerprint,
  noKey,
  readKeys,
} from "@plimsoll/keeper";
import type { KeyUse } from "@plimsoll/venues/wire";
import type { AccountKeys, KeyRef } from "./account-keys.ts";
import type { Config } from "./config-file.ts";
import { type Ask, readKeyLock } from "./key-lock.ts";
import { type Environment, type SecretSource, placeOf, readSecret } from "./secrets.ts";

/** A key that an account names, with its secret parts: never shown. */
export interface HeldKey {
  readonly use: KeyUse;
  readonly parts: KeyParts;
  /** Where it is kept, in words. */
  readonly place: string;
  readonly fingerprint: string;
}

interface KeyOwner {
  readonly name: string;
  readonly venue: string;
  readonly keys: AccountKeys;
}

/** Finds the keys of accounts; the key store is opened for the first that is in it, once. */
export class KeyRing {
  readonly #file: string;
  readonly #lock: () => Promise<Result<KeyLock, Why>>;
  readonly #environment: Environment;
  #opened: Promise<Result<readonly KeyEntry[], Why>> | undefined;

  constructor(file: string, lock: () => Promise<Result<KeyLock, Why>>, environment: Environment) {
    this.#file = file;
    this.#lock = lock;
    this.#environment = environment;
  }

  /** The key of an account for a use; undefined where the account names none. */
  async find({ name, venue, keys }: KeyOwner, use: KeyUse): Promise<Result<HeldKey | undefined, Why>> {
    const ref = keys[use];
    if (ref === undefined) return ok(undefined);
    const found = typeof ref === "string" ? await this.#stored(ref, venue, use) : this.#written(ref);
    if (!found.ok) return fail(why(found.failure.code, { where: `${name}.keys.${use}`, ...found.failure.facts }));
    return ok({ use, ...found.value, fingerprint: keyFingerprint(found.value.parts) });
  }

  async #stored(name: string, venue: string, use: KeyUse): Promise<Result<Pick<HeldKey, "parts" | "place">, Why>> {
    this.#opened ??= this.#open();
    const keys = await this.#opened;
    if (!keys.ok) return keys;
    const entry = keys.value.find((each) => each.name === name);
    if (entry === undefined) return fail(noKey(name, keys.value));
    if (entry.venue !== venue || entry.use !== use) return fail(otherKey(entry, venue, use));
    return ok({ parts: entry.parts, place: `key store ${this.#file}, ${name}` });
  }

  async #open(): Promise<Result<readonly KeyEntry[], Why>> {
    const lock = await this.#lock();
    return lock.ok ? readKeys(this.#file, lock.value) : lock;
  }

  #written(ref: Exclude<KeyRef, string>): Result<Pick<HeldKey, "parts" | "place">, Why> {
    const sources = Object.entries(ref).filter((each): each is [string, SecretSource] => each[1] !== undefined);
    const parts: [string, string][] = [];
    for (const [part, source] of sources) {
      const read = readSecret(source, this.#environment);
      if (!read.ok) return read;
      parts.push([part, read.value]);
    }
    const places = new Set(sources.map(([, source]) => placeOf(source)));
    return ok({ parts: Object.fromEntries(parts), place: [...places].join(" and ") });
  }
}

/** The keys of a config's accounts. */
export function keyRing({ keyStore, dataDir }: Config, environment: Environment, ask: Ask): KeyRing {
  const file = keyStore.file ?? join(dataDir, KEY_STORE);
  return new KeyRing(file, () => readKeyLock(file, keyStore, environment, ask), environment);
}

/** All parts of a key; of a wallet's key also its digits alone, which is how libraries pass it on. */
export const secretsOf = ({ parts }: HeldKey): readonly string[] =>
  Object.values(parts).flatMap((part) =>
    part === undefined ? [] : part.startsWith("0x") ? [part, part.slice(2)] : [part],
  );

const otherKey = (entry: KeyEntry, venue: string, use: KeyUse): Why =>
  why("keys/other-key", {
    detail: `${entry.name} was added for ${entry.venue}, to ${entry.use}; here it would ${use} at ${venue}`,
    next: "name the key that was added for this, or add one: plimsoll keys add",
  });
