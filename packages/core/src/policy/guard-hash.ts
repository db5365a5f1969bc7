import { type Hash, canonical, hash, hex, utf8 } from "@plimsoll/core/units";
import type { Guard } from "./guard.ts";

/** Turns plain data into the hash of its canonical text. */
export type HashOf = (value: unknown) => Hash;

export const hashWith =
  (sha256: (bytes: Uint8Array) => Uint8Array): HashOf =>
  (value) =>
    hash(hex(sha256(utf8(canonical(value)))));

/** A guard's version: two guards with the same hash do the same. */
export const guardHash = (hashOf: HashOf, guard: Guard): Hash => hashOf(["guard", guard]);
