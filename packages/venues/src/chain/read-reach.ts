import { type Exact, type Result, type Why, exact, ok } from "@plimsoll/core/units";
import { type Hex, type PublicClient, parseAbi } from "viem";
import { aggregateOf } from "./aggregate.ts";
import { type ChainSource, ask } from "./rpc.ts";

/** What a wallet holds and what it allowed one contract to take; other contracts are not asked about. */
export interface WalletReach {
  readonly owner: Hex;
  /** The chain's own coin, 18 decimals. */
  readonly native: Exact;
  /** The venue's contract that takes what is allowed to it. */
  readonly spender: Hex;
  /** One row for each token of the venue that is held or allowed. */
  readonly tokens: readonly { readonly asset: string; readonly balance: Exact; readonly allowance: Exact }[];
}

/** A token by its house name. */
export interface NamedToken {
  readonly address: string;
  readonly asset: string;
  readonly decimals: number;
}

const tokenAbi = parseAbi([
  "function balanceOf(address owner) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
]);

/** Reads a wallet at the latest block. */
export async function readReach(
  client: PublicClient,
  source: ChainSource,
  { owner, spender }: Pick<WalletReach, "owner" | "spender">,
  tokens: readonly NamedToken[],
): Promise<Result<WalletReach, Why>> {
  const native = await ask("eth_getBalance", () => client.getBalance({ address: owner }));
  if (!native.ok) return native;
  const batch = aggregateOf(tokenAbi);
  const rows = tokens.map(({ address, asset, decimals }) => {
    const balance = batch.add(address as Hex, "balanceOf", owner);
    const allowance = batch.add(address as Hex, "allowance", owner, spender);
    return () => ({ asset, balance: exact(balance(), decimals), allowance: exact(allowance(), decimals) });
  });
  const read = await batch.run(client, source);
  if (!read.ok) return read;
  const known = rows.map((row) => row()).filter(({ balance, allowance }) => balance.digits + allowance.digits > 0n);
  return ok({ owner, spender, native: exact(native.value, 18), tokens: known });
}
