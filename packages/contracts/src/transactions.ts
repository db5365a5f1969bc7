import { type Hex, encodeFunctionData, erc20Abi } from "viem";
import { guardianAbi } from "./bindings/index.ts";
import type { Policy } from "./policy.ts";

/** A transaction that any wallet can send; no value goes with it. */
export interface Transaction {
  readonly to: Hex;
  readonly data: Hex;
  /** What it does, in words that its reader can hold against what the wallet shows. */
  readonly says: string;
}

/** What a token may be taken for. */
export interface Allowance {
  /** The aToken of a collateral, or a debt asset that the wallet may be drawn on for. */
  readonly token: Hex;
  readonly symbol: string;
  /** Of the token, in its own units. */
  readonly amount: bigint;
}

const guardianCall = (to: Hex, data: Hex, says: string): Transaction => ({ to, data, says });

/** Allows a spender exactly so much of a token, whatever it was allowed before; zero takes everything back. */
export const approve = (spender: Hex, { token, symbol, amount }: Allowance): Transaction => ({
  to: token,
  data: encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [spender, amount] }),
  says:
    amount === 0n ? `allow ${spender} no ${symbol} any more` : `allow ${spender} to take ${amount} units of ${symbol}`,
});

export const arm = (guardian: Hex, policy: Policy): Transaction =>
  guardianCall(
    guardian,
    encodeFunctionData({ abi: guardianAbi, functionName: "arm", args: [policy] }),
    "arm the policy",
  );

export const armBySignature = (guardian: Hex, policy: Policy, signature: Hex): Transaction =>
  guardianCall(
    guardian,
    encodeFunctionData({ abi: guardianAbi, functionName: "armBySignature", args: [policy, signature] }),
    "arm the policy that its owner signed",
  );

export const cancel = (guardian: Hex, id: Hex): Transaction =>
  guardianCall(
    guardian,
    encodeFunctionData({ abi: guardianAbi, functionName: "cancel", args: [id] }),
    `end policy ${id}`,
  );

/** Ends what is armed and what is only signed, all at once. */
export const cancelAll = (guardian: Hex): Transaction =>
  guardianCall(
    guardian,
    encodeFunctionData({ abi: guardianAbi, functionName: "cancelAll" }),
    "end every policy of yours, armed or signed",
  );

/** Burns a signed policy that was not armed yet. */
export const cancelNonce = (guardian: Hex, nonce: bigint): Transaction =>
  guardianCall(
    guardian,
    encodeFunctionData({ abi: guardianAbi, functionName: "cancelNonces", args: [nonce >> 8n, 1n << (nonce & 0xffn)] }),
    `burn nonce ${nonce}: a policy signed with it can no longer be armed`,
  );

/**
 * Several transactions as a Safe's transaction builder reads them, to be signed as one.
 * @source github.com/safe-global/safe-react-apps, apps/tx-builder, "Batch file format" 1.0
 */
export const safeBatch = (chainId: number, name: string, transactions: readonly Transaction[]): string =>
  JSON.stringify(
    {
      version: "1.0",
      chainId: `${chainId}`,
      meta: { name, description: transactions.map(({ says }) => says).join("; ") },
      transactions: transactions.map(({ to, data }) => ({
        to,
        value: "0",
        data,
        contractMethod: null,
        contractInputsValues: null,
      })),
    },
    null,
    2,
  );
