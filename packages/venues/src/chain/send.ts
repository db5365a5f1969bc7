import type { Prepared, Reply } from "@plimsoll/core/book";
import { type Result, type Why, ok, why } from "@plimsoll/core/units";
import { BaseError, type TransactionReceipt, recoverTransactionAddress } from "viem";
import { complaint } from "./complaint.ts";
import { type Signed, readMessage } from "./message.ts";
import { type Line, readReceipt } from "./receipt.ts";
import { ask } from "./rpc.ts";

const ambiguous = (reason: Why): Reply => ({ is: "ambiguous", why: reason });
const refused = (reason: Why): Reply => ({ is: "refused", why: reason });
const nonceTaken = ({ nonce }: Signed): Reply =>
  refused(
    why("chain/nonce-taken", {
      nonce: `${nonce}`,
      next: "another transaction of this wallet came first; this one can never be mined: prepare the action again",
    }),
  );

/**
 * Sends each transaction of a message once, in order; sending again is the rebroadcast at the same nonces. It says refused only
 * of what the node does not know: another node may have taken it when it was sent before.
 */
export async function sendMessage(line: Line, prepared: Prepared): Promise<Reply> {
  const message = readMessage(prepared);
  if (!message.ok) return refused(message.failure);
  for (const signed of message.value) {
    const { said, detail } = await broadcast(line, signed);
    if (said === "taken") continue;
    if (said === "unclear") return ambiguous(unclear(detail));
    if (said === "nonce-used") {
      const mined = signed.hash === prepared.reference ? ok(undefined) : await receiptOf(line, signed);
      if (!mined.ok) return ambiguous(mined.failure);
      // An allowance that was mined before is what we wanted.
      if (mined.value !== undefined) continue;
    }
    const reply = await queryMessage(line, prepared);
    return reply.is === "not-found" ? notSent(said, signed, detail) : reply;
  }
  return { is: "accepted" };
}

type Said = "taken" | "nonce-used" | "poor" | "blocked" | "unclear";

/** What nodes say, by client: geth, erigon, nethermind, reth, besu, anvil. */
const sayings: readonly (readonly [RegExp, Said])[] = [
  [/already (known|imported|exists)|known transaction/i, "taken"],
  [/nonce (is )?too low|old ?nonce/i, "nonce-used"],
  [/insufficient funds/i, "poor"],
  [/replacement|underpriced/i, "blocked"],
];

async function broadcast(line: Line, signed: Signed): Promise<{ readonly said: Said; readonly detail: string }> {
  try {
    await line.client.sendRawTransaction({ serializedTransaction: signed.raw });
    return { said: "taken", detail: "" };
  } catch (error) {
    const detail = complaint(error);
    return { said: sayings.find(([words]) => words.test(detail))?.[1] ?? "unclear", detail };
  }
}

const unclear = (detail: string): Why =>
  why("chain/rpc-failed", { call: "eth_sendRawTransaction", detail, next: "ask what became of it" });

function notSent(said: Exclude<Said, "taken" | "unclear">, signed: Signed, detail: string): Reply {
  switch (said) {
    case "nonce-used":
      return nonceTaken(signed);
    case "poor":
      return refused(why("chain/gas-too-small", { detail, next: "send the chain's own coin to the paying wallet" }));
    case "blocked":
      return ambiguous(
        why("chain/nonce-waits", {
          nonce: `${signed.nonce}`,
          detail,
          next: "another transaction of this wallet waits at this nonce: one of the two will be mined; ask again",
        }),
      );
  }
}

/** What became of a message: mined and how, waiting, unknown, or impossible because its nonce went to another transaction. */
export async function queryMessage(line: Line, prepared: Prepared): Promise<Reply> {
  const message = readMessage(prepared);
  if (!message.ok) return ambiguous(message.failure);
  const action = message.value.at(-1);
  if (action === undefined) return ambiguous(why("chain/message-unreadable", { next: "prepare the action again" }));
  const mined = await receiptOf(line, action);
  if (!mined.ok) return ambiguous(mined.failure);
  if (mined.value !== undefined) return readReceipt(line, action, mined.value);
  return queryUnmined(line, action);
}

async function queryUnmined(line: Line, action: Signed): Promise<Reply> {
  const { client } = line;
  const waiting = await orAbsent("eth_getTransactionByHash", () => client.getTransaction({ hash: action.hash }));
  if (!waiting.ok) return ambiguous(waiting.failure);
  if (waiting.value !== undefined) return { is: "accepted" };
  const sender = await ask("sender", () => senderOf(action));
  if (!sender.ok) return ambiguous(sender.failure);
  const used = await ask("eth_getTransactionCount", async () => {
    const head = await client.getBlockNumber({ cacheTime: 0 });
    const settled = head - BigInt(line.confirmations) + 1n;
    return client.getTransactionCount({ address: sender.value, blockNumber: settled < 0n ? 0n : settled });
  });
  if (!used.ok) return ambiguous(used.failure);
  if (used.value <= action.nonce) return { is: "not-found" };
  // It may have been mined between the questions: ask once more before calling it impossible.
  const mined = await receiptOf(line, action);
  if (!mined.ok) return ambiguous(mined.failure);
  return mined.value === undefined ? nonceTaken(action) : readReceipt(line, action, mined.value);
}

function senderOf({ raw }: Signed) {
  return recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` });
}

const receiptOf = ({ client }: Line, { hash }: Signed): Promise<Result<TransactionReceipt | undefined, Why>> =>
  orAbsent("eth_getTransactionReceipt", () => client.getTransactionReceipt({ hash }));

/** viem throws where the node answers null. */
async function orAbsent<T>(what: string, call: () => Promise<T>): Promise<Result<T | undefined, Why>> {
  return ask(what, async () => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof BaseError && /NotFoundError$/.test(error.name)) return undefined;
      throw error;
    }
  });
}
