import { type Result, type Why, ok, why } from "@plimsoll/core/units";
import type { Hex, PublicClient } from "viem";
import { ask } from "./rpc.ts";

/** A block as the head of a chain. */
export interface Head {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parentHash: Hex;
}

/** How far back a gap is followed before it is called lost. */
const longestGap = 64n;

/** The latest block, or the one of that number on the chain as it is now. */
export async function readHead(client: PublicClient, number?: bigint): Promise<Result<Head, Why>> {
  const block = await ask("eth_getBlockByNumber", () =>
    number === undefined ? client.getBlock({ blockTag: "latest" }) : client.getBlock({ blockNumber: number }),
  );
  return block.ok
    ? ok({ number: block.value.number, hash: block.value.hash, parentHash: block.value.parentHash })
    : block;
}

/**
 * Follows a new head back to the block seen last.
 * @returns why the chain between them is not the one we were on; undefined where it is.
 */
export async function brokenLink(
  headAt: (number: bigint) => Promise<Result<Head, Why>>,
  last: Head,
  head: Head,
): Promise<Why | undefined> {
  const between = { from: `${last.number}`, to: `${head.number}` };
  if (head.number > last.number + longestGap)
    return why("chain/gap", { ...between, next: "what happened in between is not known; the state now is" });
  if (head.hash === last.hash) return undefined;
  let block = head;
  while (block.number > last.number + 1n) {
    const before = await headAt(block.number - 1n);
    if (!before.ok) return before.failure;
    if (before.value.hash !== block.parentHash) return reorganised(between);
    block = before.value;
  }
  return block.parentHash === last.hash ? undefined : reorganised(between);
}

const reorganised = (between: { from: string; to: string }): Why =>
  why("chain/reorganised", {
    ...between,
    next: "blocks seen before were replaced; actions in them are asked about again",
  });
