import { ALLOWANCE_GAS } from "@plimsoll/core/margin";
import type { Exact, Result, Why } from "@plimsoll/core/units";
import { ok } from "@plimsoll/core/units";
import { type Hex, type LocalAccount, type PublicClient, encodeFunctionData, parseAbi } from "viem";
import { feesWithin, readGasPrice } from "./fees.ts";
import type { Draft, Frame } from "./message.ts";
import type { NonceLane } from "./nonce-lane.ts";
import { ask } from "./rpc.ts";

const approveGas = { gas: 100_000n, usualGas: ALLOWANCE_GAS };
const approveAbi = parseAbi(["function approve(address spender, uint256 amount) returns (bool)"]);

/** The allowance for exactly what an action needs, first to zero where some is left: several tokens demand that. Unknown is as none. */
export function allowanceDrafts(
  token: Hex,
  spender: Hex,
  allowance: bigint | "unknown",
  needs: bigint,
): readonly Draft[] {
  const has = allowance === "unknown" ? 0n : allowance;
  if (has >= needs) return [];
  const approve = (amount: bigint): Draft => ({
    to: token,
    data: encodeFunctionData({ abi: approveAbi, functionName: "approve", args: [spender, amount] }),
    ...approveGas,
  });
  return has === 0n ? [approve(needs)] : [approve(0n), approve(needs)];
}

/** Who pays and where; how far above the base fee: 2 times outlasts five full blocks, each raising it by an eighth. */
export interface Payer {
  /** What operators confirm. */
  readonly reader: PublicClient;
  readonly operators: readonly PublicClient[];
  readonly chainId: number;
  readonly account: LocalAccount;
  readonly lane: NonceLane;
  readonly feeHeadroom: bigint;
}

/** Nonce and fees of a message of a key, within the cap and within what the wallet can pay. */
export async function readFrame(
  { reader, operators, chainId, account: { address }, lane, feeHeadroom: headroom }: Payer,
  key: string,
  drafts: readonly Draft[],
  cap: Exact,
): Promise<Result<Frame, Why>> {
  const balance = await ask("eth_getBalance", () => reader.getBalance({ address }));
  if (!balance.ok) return balance;
  const price = await readGasPrice(reader, operators);
  if (!price.ok) return price;
  const sum = (of: "gas" | "usualGas") => drafts.reduce((total, draft) => total + draft[of], 0n);
  const offer = {
    price: price.value,
    gas: sum("gas"),
    usualGas: sum("usualGas"),
    headroom,
    cap,
    balance: balance.value,
    payer: address,
  };
  const fees = feesWithin(offer);
  if (!fees.ok) return fees;
  const nonce = await lane.next(key, operators, address);
  return nonce.ok ? ok({ chainId, nonce: nonce.value, fees: fees.value }) : nonce;
}
