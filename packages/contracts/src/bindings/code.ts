import type { Hex } from "viem";

/** A contract as the compiler leaves it. */
export interface Code {
  /** Followed by the arguments of its constructor it makes the contract. */
  readonly creation: Hex;
  /** As it lies on the chain, with zeros in place of its immutables. */
  readonly runtime: Hex;
  /** Bytes of `runtime` that the constructor writes. */
  readonly immutables: readonly { readonly start: number; readonly length: number }[];
}
