import type { Flow, Reply } from "@plimsoll/core/book";
import { type Result, type Why, why } from "@plimsoll/core/units";
import { type Abi, type Hex, type PublicClient, type TransactionReceipt, decodeErrorResult } from "viem";
import { complaint } from "./complaint.ts";
import type { Signed } from "./message.ts";
import { ask } from "./rpc.ts";

/** The endpoint through which messages go and are asked about, and how a venue's contracts are understood. */
export interface Line {
  readonly client: PublicClient;
  /** Blocks, the transaction's own included, until it counts as done. */
  readonly confirmations: number;
  /** Errors that the venue's contracts raise. */
  readonly errors: Abi;
  /** What moved, from the contracts' own events; or why they cannot be read now. */
  readonly flowsOf: (action: Signed, receipt: TransactionReceipt) => Promise<Result<readonly Flow[], Why>>;
}

/** What became of a mined transaction: accepted until it is deep enough, then done with its flows, or refused with the revert. */
export async function readReceipt(line: Line, action: Signed, receipt: TransactionReceipt): Promise<Reply> {
  const head = await ask("eth_blockNumber", () => line.client.getBlockNumber({ cacheTime: 0 }));
  if (!head.ok) return { is: "ambiguous", why: head.failure };
  if (head.value - receipt.blockNumber + 1n < BigInt(line.confirmations)) return { is: "accepted" };
  if (receipt.status === "reverted") return { is: "refused", why: await revertOf(line, action, receipt) };
  const flows = await line.flowsOf(action, receipt);
  return flows.ok ? { is: "done", flows: flows.value } : { is: "ambiguous", why: flows.failure };
}

/** Why it reverted: the same call at the block in which it did. A guess by nature: the state may have moved within the block. */
async function revertOf(
  line: Line,
  { to, data, hash }: Signed,
  { blockNumber, from }: TransactionReceipt,
): Promise<Why> {
  const facts = {
    transaction: hash,
    block: `${blockNumber}`,
    next: "read the account again, then prepare the action again",
  };
  try {
    await line.client.call({ account: from, to, data, blockNumber });
    return why("chain/reverted", { ...facts, reason: "unknown: the same call goes through now" });
  } catch (error) {
    const bytes = revertData(error);
    const reason = bytes === undefined ? complaint(error) : errorText(line.errors, bytes);
    return why("chain/reverted", { ...facts, reason });
  }
}

/** The revert's bytes, wherever in the chain of causes the library keeps them. */
function revertData(error: unknown): Hex | undefined {
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
