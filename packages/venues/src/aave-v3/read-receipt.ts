import type { Reply } from "@plimsoll/core/book";
import { assetId, exact, fail, ok, why } from "@plimsoll/core/units";
import { type Hex, type PublicClient, type TransactionReceipt, decodeErrorResult, parseEventLogs } from "viem";
import { actAbi } from "./abi.ts";
import { ask, complaint } from "./client.ts";
import { type DiscoveredReserve, lower } from "./discover.ts";
import type { Signed } from "./message.ts";

/** The endpoint through which messages go and are asked about. */
export interface Line {
  readonly client: PublicClient;
  readonly url: string;
  readonly confirmations: number;
}

/** What became of a mined transaction: accepted until it is deep enough, then done with its flows, or refused with the revert. */
export async function readReceipt(
  line: Line,
  action: Signed,
  receipt: TransactionReceipt,
  reserves: readonly DiscoveredReserve[],
): Promise<Reply> {
  const head = await ask("eth_blockNumber", line.url, () => line.client.getBlockNumber({ cacheTime: 0 }));
  if (!head.ok) return { is: "ambiguous", why: head.failure };
  if (head.value - receipt.blockNumber + 1n < BigInt(line.confirmations)) return { is: "accepted" };
  if (receipt.status === "reverted") return { is: "refused", why: await revertOf(line, action, receipt) };
  const flows = flowsOf(action, receipt, reserves);
  return flows.ok ? { is: "done", flows: flows.value } : { is: "ambiguous", why: flows.failure };
}

/** What moved into the pool, from the pool's own events. */
function flowsOf({ to }: Signed, { logs }: TransactionReceipt, reserves: readonly DiscoveredReserve[]) {
  const events = parseEventLogs({ abi: actAbi, logs: logs.filter(({ address }) => lower(address) === lower(to)) });
  const flows = events.flatMap(({ args }) => {
    const reserve = reserves.find(({ address }) => address === lower(args.reserve));
    return reserve === undefined
      ? []
      : [{ asset: assetId(reserve.asset), amount: exact(args.amount, reserve.decimals) }];
  });
  if (flows.length > 0) return ok(flows);
  return fail(
    why("aave-v3/receipt-unreadable", { events: `${events.length}`, next: "ask again when the market can be read" }),
  );
}

/** Why it reverted: the same call at the block in which it did. A guess by nature: the state may have moved within the block. */
async function revertOf({ client, url }: Line, { to, data, hash }: Signed, { blockNumber, from }: TransactionReceipt) {
  const facts = {
    transaction: hash,
    block: `${blockNumber}`,
    next: "read the account again, then prepare the action again",
  };
  try {
    await client.call({ account: from, to, data, blockNumber });
    return why("aave-v3/reverted", { ...facts, reason: "unknown: the same call goes through now" });
  } catch (error) {
    const bytes = revertData(error);
    return why("aave-v3/reverted", {
      ...facts,
      reason: bytes === undefined ? complaint(error, url) : errorName(bytes),
    });
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

function errorName(data: Hex): string {
  try {
    const { errorName: name, args } = decodeErrorResult({ abi: actAbi, data });
    return args === undefined ? name : `${name}(${args.join(", ")})`;
  } catch {
    return data;
  }
}
