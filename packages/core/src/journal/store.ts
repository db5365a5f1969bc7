import type { Ms, Result, Why } from "@plimsoll/core/units";

/** Hashing and signing, passed in: node, a browser and a test have their own. */
export interface Crypto {
  sha256(bytes: Uint8Array): Uint8Array;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  verify(key: Uint8Array, bytes: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** One journal entry; its hash is over the bytes as stored. */
export interface Entry {
  readonly stream: string;
  readonly seq: bigint;
  readonly prev: Uint8Array;
  readonly hash: Uint8Array;
  readonly at: Ms;
  readonly onceKey: string;
  readonly bytes: Uint8Array;
}

/** The right to write one stream until `until`; a later lease carries a higher fence and the store refuses the earlier one. */
export interface Lease {
  readonly stream: string;
  readonly owner: string;
  readonly fence: bigint;
  readonly until: Ms;
}

export interface NewEntry {
  readonly onceKey: string;
  readonly at: Ms;
  readonly bytes: Uint8Array;
}

/** The journal's storage: SQLite and PostgreSQL behind one port, one conformance suite for both. */
export interface Store {
  lease(stream: string, owner: string, ttlMs: Ms): Promise<Result<Lease, Why>>;
  /** One commit. An entry whose onceKey is already there is not written again: the answer says which were new. */
  append(
    lease: Lease,
    expectSeq: bigint,
    entries: readonly NewEntry[],
  ): Promise<Result<{ readonly seq: bigint; readonly head: Uint8Array; readonly written: readonly boolean[] }, Why>>;
  read(stream: string, from: bigint): AsyncIterable<Entry>;
  head(stream: string): Promise<{ readonly seq: bigint; readonly head: Uint8Array }>;
  streams(): Promise<readonly string[]>;
  /** Writes one row of a read model; views are projections of the journal and can be rebuilt. */
  put(lease: Lease, view: string, key: string, value: Uint8Array, upTo: bigint): Promise<Result<void, Why>>;
  get(view: string, key: string): Promise<{ readonly value: Uint8Array; readonly upTo: bigint } | undefined>;
  backup(to: string): Promise<Result<{ readonly heads: ReadonlyMap<string, Uint8Array> }, Why>>;
  close(): Promise<void>;
}
