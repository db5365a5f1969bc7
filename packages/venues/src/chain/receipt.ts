import type { Reply } from "@plimsoll/core/book";
import { type Why, why } from "@plimsoll/core/units";
import { type Abi, type Hex, type TransactionReceipt, decodeErrorResult } from "viem";
import { readHead } from "./blocks.ts";
import { complaint } from "./complaint.ts";
import type { Line } from "./line.ts";
import type { Signed } from "./message.ts";
import { ask } from "./rpc.ts";

/**
 * What became of a mined transaction: accepted until it is deep enough, then done with its flows, or refused with the revert. A receipt
 * of a block that is no longer on the chain says nothing: the transaction waits again.
 */
export async function readReceipt(line: Line, action: Signed, receipt: TransactionReceipt): Promise<Reply> {
  const head = await ask("eth_blockNumber", () => line.reader.getBlockNumber({ cacheTime: 0 }));
  if (!head.ok) return { is: "ambiguous", why: head.failure };
  if (head.value - receipt.blockNumber + 1n < BigInt(line.confirmations)) return { is: "accepted" };
  const block = await readHead(line.reader, receipt.blockNumber);
  if (!block.ok) return { is: "ambiguous", why: block.failure };
  if (block.value.hash !== receipt.blockHash) return { is: "accepted" };
  if (receipt.status === "reverted") return { is: "refused", why: await revertOf(line, action, receipt) };
  const flows = await line.flowsOf(action, receipt);
  return flows.ok ? { is: "done", flows: flows.value } : { is: "ambiguous", why: flows.failure };
}

/** Why it reverted: the same call at the block in which it did. A guess by nature: the state may have moved within the block. */
async function revertOf(
  { reader, errors }: Line,
  { to, data, hash }: Signed,
  { blockNumber, from }: TransactionReceipt,
): Promise<Why> {
  const facts = {
    transaction: hash,
    block: `${blockNumber}`,
    next: "read the account again, then prepare the action again",
  };
  try {
    await reader.call({ account: from, to, data, blockNumber });
    return why("chain/reverted", { ...facts, reason: "unknown: the same call goes through now" });
  } catch (error) {
    return why("chain/reverted", { ...facts, reason: revertReason(errors, error) });
  }
}

/** The contract's own word for a call that it refuses, or what a library says where there is none. */
export function revertReason(errors: Abi, error: unknown): string {
  const bytes = revertData(error);
  return bytes === undefined ? complaint(error) : errorText(errors, bytes);
}

/** The revert's bytes, wherever in the chain of causes the library keeps them. */
export function revertData(error: unknown): Hex | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { data } = cause as { data?: unknown };
    if (typeof data === "string" && data.startsWith("0x")) return data as Hex;
  }
  return undefined;
}

function errorText(abi: Abi, data: Hex): string {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi, data });
    if (errorName === "Error") return String(args[0]);
    return args.length === 0 ? errorName : `${errorName}(${args.join(", ")})`;
  } catch {
    return data;
  }
}
