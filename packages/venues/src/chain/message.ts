import type { Prepared } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Hex, type LocalAccount, type TransactionSerializedEIP1559, keccak256, parseTransaction } from "viem";
import * as z from "zod";

/** One transaction before it is signed. */
export interface Draft {
  readonly to: Hex;
  readonly data: Hex;
  readonly gas: bigint;
}
/** What all transactions of one message share. */
export interface Frame {
  readonly chainId: number;
  /** Of the first; the others follow. */
  readonly nonce: number;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** A signed transaction and what identifies it. */
export interface Signed {
  readonly raw: Hex;
  readonly hash: Hex;
  readonly nonce: number;
  readonly to: Hex;
  readonly data: Hex;
}

/**
 * Signs drafts at consecutive nonces. Signatures are deterministic, so the same drafts in the same frame give the same bytes;
 * the reference is the hash of the last, which is the action.
 */
export async function signMessage(account: LocalAccount, drafts: readonly Draft[], frame: Frame): Promise<Prepared> {
  const { nonce: first, ...shared } = frame;
  const raw = await Promise.all(
    drafts.map((draft, place) =>
      account.signTransaction({ type: "eip1559", ...shared, ...draft, nonce: first + place }),
    ),
  );
  return { reference: keccak256(raw.at(-1) ?? "0x"), wire: JSON.stringify({ signed: raw }) };
}

const Wire = z.object({
  signed: z
    .array(z.string().regex(/^0x[0-9a-f]+$/))
    .min(1)
    .readonly(),
});

/** Reads back what `signMessage` wrote; signed bytes only, no key is in them. */
export function readMessage({ wire }: Prepared): Result<readonly Signed[], Why> {
  try {
    const { signed } = Wire.parse(JSON.parse(wire));
    return ok(signed.map((raw) => readSigned(raw as TransactionSerializedEIP1559)));
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
  const { nonce = 0, to, data = "0x" } = parseTransaction(raw);
  return { raw, hash: keccak256(raw), nonce, to: to ?? "0x", data };
}
