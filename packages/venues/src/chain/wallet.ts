import { type Result, type Why, exact, fail, ok, text, why } from "@plimsoll/core/units";
import { type Hex, type LocalAccount, type PublicClient, encodeFunctionData, parseAbi } from "viem";
import type { Draft, Frame } from "./message.ts";
import { ask } from "./rpc.ts";

/** A limit, not a cost: unused gas is not paid. The local tokens need 46k; those of public networks do more. */
const approveGas = 100_000n;
const approveAbi = parseAbi(["function approve(address spender, uint256 amount) returns (bool)"]);

/** The allowance for exactly what an action needs, first to zero where some is left: several tokens demand that. */
export function allowanceDrafts(token: Hex, spender: Hex, has: bigint, needs: bigint): readonly Draft[] {
  if (has >= needs) return [];
  const approve = (amount: bigint): Draft => ({
    to: token,
    data: encodeFunctionData({ abi: approveAbi, functionName: "approve", args: [spender, amount] }),
    gas: approveGas,
  });
  return has === 0n ? [approve(needs)] : [approve(0n), approve(needs)];
}

/** Who pays, where, and how far above the base fee: 2 times outlasts five full blocks, each raising it by an eighth. */
export interface Payer {
  readonly client: PublicClient;
  readonly chainId: number;
  readonly account: LocalAccount;
  readonly feeHeadroom: bigint;
}

/** Nonce and fees of a message, and whether the wallet can pay them. */
export async function readFrame(payer: Payer, drafts: readonly Draft[]): Promise<Result<Frame, Why>> {
  const { client, chainId, account, feeHeadroom } = payer;
  const { address } = account;
  const read = await ask("nonce and fees", () =>
    Promise.all([
      client.getTransactionCount({ address, blockTag: "pending" }),
      client.getBlock({ blockTag: "latest" }),
      client.estimateMaxPriorityFeePerGas(),
      client.getBalance({ address }),
    ]),
  );
  if (!read.ok) return read;
  const [nonce, { baseFeePerGas }, maxPriorityFeePerGas, balance] = read.value;
  const maxFeePerGas = (baseFeePerGas ?? 0n) * feeHeadroom + maxPriorityFeePerGas;
  const needed = drafts.reduce((sum, { gas }) => sum + gas * maxFeePerGas, 0n);
  if (balance >= needed) return ok({ chainId, nonce, maxFeePerGas, maxPriorityFeePerGas });
  return fail(
    why("chain/gas-too-small", {
      wallet: text(exact(balance, 18)),
      needed: text(exact(needed, 18)),
      next: `send the chain's own coin to ${address}: the transaction's fee is paid in it`,
    }),
  );
}
