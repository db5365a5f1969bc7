import { type Result, type Why, holdingId, ms, ok } from "@plimsoll/core/units";
import { aaveFeed, marketOf, withPendingChanges } from "@plimsoll/venues/aave-v3";
import type { WrittenBook } from "./files/book-file.ts";

export interface AddressOptions {
  readonly rpc: string;
  /** Overrides the chain of a market that is known by name. */
  readonly chainId?: number;
  /** Name of a known market, or the address of a PoolAddressesProvider. */
  readonly market: string;
  readonly multicall?: `0x${string}`;
  /** A timelock of the market's governance, to read what waits in it. */
  readonly timelock?: `0x${string}`;
}

/** Reads a borrower's account from a node: one snapshot at one block, checked against the contract's own figures. */
export async function readAddress(user: `0x${string}`, options: AddressOptions): Promise<Result<WrittenBook, Why>> {
  const market = marketOf(options.market, options.chainId);
  if (!market.ok) return market;
  const { rpc, multicall, timelock } = options;
  const source = {
    rpcUrls: [rpc] as const,
    user,
    ...market.value,
    ...(multicall !== undefined && { multicall }),
  };
  const queues = timelock === undefined ? [] : [{ timelock }];
  const read = await withPendingChanges(aaveFeed(holdingId(user), source), source, queues, { everyMs: 0 }).snapshot();
  return read.ok ? ok({ at: ms(Date.now()), events: read.value, guards: [] }) : read;
}
