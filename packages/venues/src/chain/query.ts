import type { Prepared, Reply } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { BaseError, type TransactionReceipt, recoverTransactionAddress } from "viem";
import { isPrivate } from "./broadcast.ts";
import { type Line, flightOf } from "./line.ts";
import { type Message, type Signed, actionOf, readMessage } from "./message.ts";
import { askEach } from "./operators.ts";
import { readReceipt } from "./receipt.ts";
import { ask } from "./rpc.ts";

export const ambiguous = (reason: Why): Reply => ({ is: "ambiguous", why: reason });
export const refused = (reason: Why): Reply => ({ is: "refused", why: reason });
export const nonceTaken = ({ nonce }: Signed): Reply =>
  refused(
    why("chain/nonce-taken", {
      nonce: `${nonce}`,
      next: "another transaction of this wallet came first; this one can never be mined: prepare the action again",
    }),
  );

/**
 * What became of a message: mined and how, waiting, unknown, or impossible because its nonce went to another transaction. That it was
 * mined or became impossible is what operators confirm; that it waits, any of them may say.
 */
export async function queryMessage(line: Line, prepared: Prepared): Promise<Reply> {
  const message = readMessage(prepared);
  if (!message.ok) return ambiguous(message.failure);
  const nonces = await readNonces(line, actionOf(message.value[0]));
  if (!nonces.ok) return ambiguous(nonces.failure);
  const { nonce } = actionOf(message.value[0]);
  if (nonces.value.latest <= nonce) return queryWaiting(line, prepared, message.value);
  const mined = await minedOf(line, message.value);
  if (!mined.ok) return ambiguous(mined.failure);
  if (mined.value !== undefined) return readReceipt(line, mined.value.action, mined.value.receipt);
  // It may have been mined between the questions, and a block that is not deep yet may be replaced.
  if (nonces.value.settled <= nonce) return ambiguous(shallow(nonce));
  return nonceTaken(actionOf(message.value[0]));
}

interface Nonces {
  /** The next nonce by the latest block, and by the one that is deep enough to count. */
  readonly latest: number;
  readonly settled: number;
}

export async function readNonces({ reader, confirmations }: Line, { raw }: Signed): Promise<Result<Nonces, Why>> {
  return ask("eth_getTransactionCount", async () => {
    const address = await recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` });
    const head = await reader.getBlockNumber({ cacheTime: 0 });
    const deep = head - BigInt(confirmations) + 1n;
    const countAt = (blockNumber: bigint) => reader.getTransactionCount({ address, blockNumber });
    const latest = await countAt(head);
    return { latest, settled: deep === head ? latest : await countAt(deep < 0n ? 0n : deep) };
  });
}

const shallow = (nonce: number): Why =>
  why("chain/nonce-not-settled", {
    nonce: `${nonce}`,
    next: "another transaction of this wallet was mined at this nonce, but its block may still be replaced: ask again",
  });

/** The variant that was mined. */
async function minedOf(
  line: Line,
  message: Message,
): Promise<Result<{ readonly action: Signed; readonly receipt: TransactionReceipt } | undefined, Why>> {
  const asked = await Promise.all(
    message.map(async (variant) => ({ action: actionOf(variant), found: await receiptOf(line, actionOf(variant)) })),
  );
  let unanswered: Why | undefined;
  for (const { action, found } of asked) {
    if (found.ok && found.value !== undefined) return ok({ action, receipt: found.value });
    if (!found.ok) unanswered = found.failure;
  }
  return unanswered === undefined ? ok(undefined) : fail(unanswered);
}

/** Accepted where somebody has it, not found where nobody does; the variant that went out last is asked for first. */
async function queryWaiting(line: Line, { reference }: Prepared, message: Message): Promise<Reply> {
  const flight = flightOf(line, reference);
  if (isPrivate(line, flight)) return { is: "accepted" };
  const others = message.map((_, place) => place).filter((place) => place !== flight.variant);
  for (const place of [flight.variant, ...others.toReversed()]) {
    const { hash } = actionOf(message[place]!);
    const known = await askEach("eth_getTransactionByHash", line.operators, (client) =>
      orAbsent(() => client.getTransaction({ hash })),
    );
    if (!known.ok) return ambiguous(known.failure);
    if (known.value.every((each) => each === undefined)) continue;
    if (place !== flight.variant) Object.assign(flight, { variant: place, since: undefined });
    return { is: "accepted" };
  }
  return { is: "not-found" };
}

export const receiptOf = ({ reader }: Line, { hash }: Signed): Promise<Result<TransactionReceipt | undefined, Why>> =>
  ask("eth_getTransactionReceipt", () => orAbsent(() => reader.getTransactionReceipt({ hash })));

/** viem throws where the node answers null. */
async function orAbsent<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof BaseError && /NotFoundError$/.test(error.name)) return undefined;
    throw error;
  }
}
