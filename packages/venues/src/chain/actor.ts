import type { Action, Actor, Flow, Holding } from "@plimsoll/core/book";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import type { Abi, LocalAccount, PublicClient, TransactionReceipt } from "viem";
import { type Draft, type Signed, signMessage } from "./message.ts";
import { checkOperators, readClient } from "./operators.ts";
import type { Line } from "./receipt.ts";
import { type ChainSource, mainUrl, rpcClient } from "./rpc.ts";
import { queryMessage, sendMessage } from "./send.ts";
import { readFrame } from "./wallet.ts";

export interface ActorOptions {
  /** The fee offered is this many times the base fee seen. */
  readonly feeHeadroom?: bigint;
  /** Blocks, the transaction's own included, until it counts as done. */
  readonly confirmations?: number;
}

export interface Intent {
  readonly key: string;
  readonly holding: Holding;
  readonly action: Action;
}

/** What a venue's actor adds: its transactions, and how its contracts tell what became of them. */
export interface Drafting {
  /** Errors that the venue's contracts raise. */
  readonly errors: Abi;
  /** The transactions of an action, by the state as it is now; the last one is the action itself. */
  readonly draft: (client: PublicClient, intent: Intent) => Promise<Result<readonly Draft[], Why>>;
  /** What moved, from the contracts' own events. */
  readonly flowsOf: (
    client: PublicClient,
    action: Signed,
    receipt: TransactionReceipt,
  ) => Promise<Result<readonly Flow[], Why>>;
}

/**
 * An actor whose every action is one message of signed transactions at consecutive nonces: sending it twice has one effect at
 * most. It decides by what operators confirm, and refuses to prepare anything on the word of one; what was prepared before is
 * still sent, through the main endpoint, and asked about there.
 */
export function chainActor(
  source: ChainSource,
  account: LocalAccount,
  { errors, draft, flowsOf }: Drafting,
  { feeHeadroom = 2n, confirmations = 1 }: ActorOptions = {},
): Actor {
  const [client, reader] = [rpcClient(mainUrl(source)), readClient(source)];
  const payer = { client, chainId: source.chainId, account, feeHeadroom };
  const line: Line = {
    client,
    confirmations,
    errors,
    flowsOf: (action, receipt) => flowsOf(reader, action, receipt),
  };
  return {
    prepare: async (key, holding, action) => {
      const confirmed = checkOperators(source);
      if (!confirmed.ok) return confirmed;
      const drafts = await draft(reader, { key, holding, action });
      if (!drafts.ok) return drafts;
      const frame = await readFrame(payer, drafts.value);
      return frame.ok ? ok(await signMessage(account, drafts.value, frame.value)) : frame;
    },
    send: (prepared) => sendMessage(line, prepared),
    query: (prepared) => queryMessage(line, prepared),
  };
}
