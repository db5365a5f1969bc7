import type { Actor, Flow, Prepared, Reply } from "@plimsoll/core/book";
import { type Exact, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Abi, LocalAccount, PublicClient, TransactionReceipt } from "viem";
import { defaultFeeCap } from "./fees.ts";
import { hastenMessage } from "./hasten.ts";
import { type Line, flightOf } from "./line.ts";
import { type Draft, type Signed, type Variant, actionOf, readMessage, signMessage } from "./message.ts";
import { laneOf } from "./nonce-lane.ts";
import { checkOperators, operatorClients, readClient } from "./operators.ts";
import { queryMessage } from "./query.ts";
import { revertData, revertReason } from "./receipt.ts";
import { type ChainSource, rpcClient } from "./rpc.ts";
import { sendMessage } from "./send.ts";
import { unconfirmedBy } from "./unconfirmed.ts";
import { type Payer, readFrame } from "./wallet.ts";

export interface MessengerOptions {
  /** The fee offered first is this many times the base fee seen. */
  readonly feeHeadroom?: bigint;
  /** Blocks after which a message waits too long. */
  readonly patience?: bigint;
  /** How long a message that was prepared and has not left keeps others of its wallet waiting. */
  readonly holdMs?: number;
}

/** How contracts tell what became of a message. */
export interface Understanding {
  /** Errors that they raise. */
  readonly errors: Abi;
  /** What moved, from their own events. */
  readonly flowsOf: (
    client: PublicClient,
    action: Signed,
    receipt: TransactionReceipt,
  ) => Promise<Result<readonly Flow[], Why>>;
}

/**
 * Messages of one wallet: signed transactions at consecutive nonces, signed for every fee that they may ever offer. Sending one twice,
 * or dearer, has one effect at most. What was prepared goes to all operators, or to a relay first.
 */
export interface Messenger extends Pick<Actor, "send" | "query"> {
  /** What operators confirm. */
  readonly reader: PublicClient;
  /** Refuses on the word of one operator, and what the contract itself would refuse now. @param cap of all fees, in the chain's coin. */
  readonly prepare: (key: string, drafts: readonly Draft[], cap?: Exact) => Promise<Result<Prepared, Why>>;
  readonly hasten: NonNullable<Actor["hasten"]>;
}

export function messengerOf(
  source: ChainSource,
  account: LocalAccount,
  { errors, flowsOf }: Understanding,
  { feeHeadroom = 2n, patience = 2n, holdMs = 2_000 }: MessengerOptions = {},
): Messenger {
  const [reader, operators] = [readClient(source), operatorClients(source)];
  const lane = laneOf(source.chainId, account.address, holdMs);
  const payer: Payer = { reader, operators, chainId: source.chainId, account, lane, feeHeadroom };
  const { relay, confirmations = 1 } = source;
  const line: Line = {
    ...{ reader, operators, confirmations, patience, lane, flights: new Map(), now: () => performance.now() },
    ...(relay !== undefined && { relay: { client: rpcClient(relay.url), publicAfterMs: relay.publicAfterMs } }),
    errors,
    flowsOf: (action, receipt) => flowsOf(reader, action, receipt),
  };
  return {
    reader,
    prepare: async (key, drafts, cap = source.feeCap ?? defaultFeeCap) => {
      const confirmed = checkOperators(source);
      if (!confirmed.ok) return confirmed;
      const prepared = await prepareMessage(payer, errors, { key, drafts, cap });
      if (prepared.ok) line.flights.set(prepared.value.reference, { key, variant: 0 });
      return prepared;
    },
    send: async (prepared) => {
      const reply = await sendMessage(line, prepared);
      lane.leave(flightOf(line, prepared.reference).key ?? "");
      return followed(line, prepared, reply);
    },
    query: async (prepared) => followed(line, prepared, await queryMessage(line, prepared)),
    hasten: (prepared) => hastenMessage(line, prepared),
  };
}

interface Unsigned {
  readonly key: string;
  readonly drafts: readonly Draft[];
  readonly cap: Exact;
}

async function prepareMessage(
  payer: Payer,
  errors: Abi,
  { key, drafts, cap }: Unsigned,
): Promise<Result<Prepared, Why>> {
  const tried = await tryCall(payer, errors, drafts);
  if (!tried.ok) return tried;
  await payer.lane.enter(key);
  const frame = await readFrame(payer, key, drafts, cap);
  if (frame.ok) return ok(await signMessage(payer.account, drafts, frame.value));
  payer.lane.leave(key);
  return frame;
}

/** Asks the contract itself, without any effect. Only what stands alone can be tried: what needs an allowance first would fail without it. */
async function tryCall(
  { reader, account }: Payer,
  errors: Abi,
  [first, ...others]: readonly Draft[],
): Promise<Result<void, Why>> {
  if (first === undefined || others.length > 0) return ok(undefined);
  try {
    await reader.call({ account: account.address, ...first });
    return ok(undefined);
  } catch (error) {
    const reason = revertReason(errors, error);
    const next = "nothing was sent: read the account again, and do what the contract's reason says";
    const failed = why("chain/would-revert", { reason, next });
    return fail(unconfirmedBy(error) ?? (revertData(error) === undefined ? unread(reason) : failed));
  }
}

const unread = (detail: string): Why =>
  why("chain/rpc-failed", { call: "eth_call", detail, next: "check that the RPC endpoint is up" });

const noncesOf = (variant: Variant) => ({ from: variant[0]!.nonce, upTo: actionOf(variant).nonce });

/** Keeps the wallet's later messages behind one that may still be mined, and no longer. */
function followed({ flights, lane }: Line, prepared: Prepared, reply: Reply): Reply {
  const flight = flights.get(prepared.reference);
  const key = flight?.key ?? prepared.reference;
  const message = readMessage(prepared);
  switch (reply.is) {
    case "accepted":
      if (message.ok) lane.sent(key, noncesOf(message.value[0]));
      break;
    case "done":
    case "refused":
    case "expired":
    case "not-found":
      lane.ended(key);
      break;
    case "ambiguous":
    case "partly":
      break;
  }
  return reply;
}
