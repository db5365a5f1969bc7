import type { Hex } from "viem";
import type { Code } from "./bindings/code.ts";

/** A published guardian that must not be used any more. */
export interface KnownBad {
  /** Keccak-256 of its run-time code with zeros in place of its immutables. */
  readonly hash: Hex;
  readonly immutables: Code["immutables"];
  /** What is wrong with it, in one sentence. */
  readonly reason: string;
}

/** Keeper, screen and command line refuse these. None is known. */
export const knownBad: readonly KnownBad[] = [];
