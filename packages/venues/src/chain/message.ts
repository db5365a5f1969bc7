import type { Prepared } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Hex, type LocalAccount, type TransactionSerializedEIP1559, keccak256, parseTransaction } from "viem";
import * as z from "zod";
import type { Fees } from "./fees.ts";

/** One transaction before it is signed. */
export interface Draft {
  readonly to: Hex;
  readonly data: Hex;
  /** A limit, not a cost: unused gas is not paid. The wallet has to be able to pay it. */
  readonly gas: bigint;
  /** What such a call takes on public networks: the cap on fees is counted by it. */
  readonly usualGas: bigint;
}
/** What all transactions of one message share. */
export interface Frame {
  readonly chainId: number;
  /** Of the first; the others follow. */
  readonly nonce: number;
  /** What is offered first, and what replaces it at the same nonces where it waits too long, each more than the one before. */
  readonly fees: readonly Fees[];
}

/** A signed transaction and what identifies it. */
export interface Signed {
  readonly raw: Hex;
  readonly hash: Hex;
  readonly nonce: number;
  readonly to: Hex;
  readonly data: Hex;
  readonly fees: Fees;
}

/** The transactions of a message at one offer; the last one is the action. */
export type Variant = readonly Signed[];
/** Variants of one message at the same nonces, from the first offer to the highest: at most one of them can be mined. */
export type Message = readonly [Variant, ...Variant[]];

export const actionOf = (variant: Variant): Signed => variant.at(-1)!;

/**
 * Signs drafts at consecutive nonces, once for each offer: all that will ever be sent is journaled with the message, and whoever sends
 * it later needs no key. Signatures are deterministic, so the same drafts in the same frame give the same bytes; the reference is the
 * hash of the action at the first offer.
 */
export async function signMessage(account: LocalAccount, drafts: readonly Draft[], frame: Frame): Promise<Prepared> {
  const { nonce: first, chainId, fees } = frame;
  const variants = await Promise.all(
    fees.map((offer) =>
      Promise.all(
        drafts.map(({ usualGas: _counted, ...draft }, place) =>
          account.signTransaction({ type: "eip1559", chainId, ...offer, ...draft, nonce: first + place }),
        ),
      ),
    ),
  );
  const [signed = [], ...dearer] = variants;
  return { reference: keccak256(signed.at(-1) ?? "0x"), wire: JSON.stringify({ signed, dearer }) };
}

const Raw = z
  .array(z.string().regex(/^0x[0-9a-f]+$/))
  .min(1)
  .readonly();
const Wire = z.object({ signed: Raw, dearer: z.array(Raw).readonly().default([]) });

/** Reads back what `signMessage` wrote; signed bytes only, no key is in them. */
export function readMessage({ wire }: Prepared): Result<Message, Why> {
  try {
    const { signed, dearer } = Wire.parse(JSON.parse(wire));
    const variantOf = (raw: readonly string[]): Variant =>
      raw.map((each) => readSigned(each as TransactionSerializedEIP1559));
    return ok([variantOf(signed), ...dearer.map(variantOf)]);
  } catch (error) {
    return fail(
      why("chain/message-unreadable", {
        detail: error instanceof Error ? error.message.slice(0, 200) : String(error),
        next: "prepare the action again",
      }),
    );
  }
}

function readSigned(raw: TransactionSerializedEIP1559): Signed {
  const { nonce = 0, to, data = "0x", maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parseTransaction(raw);
  return { raw, hash: keccak256(raw), nonce, to: to ?? "0x", data, fees: { maxFeePerGas, maxPriorityFeePerGas } };
}
