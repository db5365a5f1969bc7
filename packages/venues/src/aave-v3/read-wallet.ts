import { type Exact, type Result, type Why, exact, ok } from "@plimsoll/core/units";
import { aggregate, ask, rpcClient } from "./client.ts";
import { type AaveSource, discover, multicallOf } from "./discover.ts";

/** What a wallet holds and what it allowed the market's pool to take; other contracts are not asked about. */
export interface WalletReach {
  readonly owner: `0x${string}`;
  /** The chain's own coin, 18 decimals. */
  readonly native: Exact;
  readonly pool: string;
  /** One row for each reserve of the market that is held or allowed. */
  readonly tokens: readonly { readonly asset: string; readonly balance: Exact; readonly allowance: Exact }[];
}

/** Reads the wallet that pays for an account, at the latest block. */
export async function readWallet(source: AaveSource): Promise<Result<WalletReach, Why>> {
  const owner = source.payer ?? source.user;
  const client = rpcClient(source.rpcUrl);
  const market = await discover(client, source);
  if (!market.ok) return market;
  const native = await ask("eth_getBalance", source.rpcUrl, () => client.getBalance({ address: owner }));
  if (!native.ok) return native;
  const batch = aggregate();
  const rows = market.value.reserves.map(({ address, asset, decimals }) => {
    const balance = batch.add(address, "balanceOf", owner);
    const allowance = batch.add(address, "allowance", owner, market.value.pool);
    return () => ({ asset, balance: exact(balance(), decimals), allowance: exact(allowance(), decimals) });
  });
  const read = await batch.run(client, source.rpcUrl, multicallOf(source));
  if (!read.ok) return read;
  const tokens = rows.map((row) => row()).filter(({ balance, allowance }) => balance.digits + allowance.digits > 0n);
  return ok({ owner, native: exact(native.value, 18), pool: market.value.pool, tokens });
}
