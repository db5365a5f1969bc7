import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";

/** A market that can be named instead of spelled: its chain and its PoolAddressesProvider. */
interface KnownMarket {
  readonly chainId: number;
  readonly provider: `0x${string}`;
}

const isAddress = (text: string): text is `0x${string}` => /^0x[0-9a-fA-F]{40}$/.test(text);

/**
 * Aave v3 markets by name. A wrong address cannot mislead: a snapshot is refused where the contracts there are not a pool's,
 * and where the chain is another.
 * @source @bgd-labs/aave-address-book 4.44.22, the published registry; markets.test.ts compares each one with it
 */
const knownMarkets: Readonly<Record<string, KnownMarket>> = {
  "ethereum-core": { chainId: 1, provider: "0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e" },
  arbitrum: { chainId: 42_161, provider: "0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb" },
  optimism: { chainId: 10, provider: "0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb" },
  polygon: { chainId: 137, provider: "0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb" },
  base: { chainId: 8_453, provider: "0xe20fCBdBfFC4Dd138cE8b2E6FBb6CB49777ad64D" },
};

/**
 * Where to read a market, by its name or by the address of its PoolAddressesProvider.
 * @param chainId needed with an address; with a name it replaces the market's own.
 */
export function marketOf(
  market: string,
  chainId: number | undefined,
): Result<{ readonly market: string; readonly chainId: number; readonly provider: `0x${string}` }, Why> {
  const known = knownMarkets[market];
  if (known !== undefined) return ok({ market, provider: known.provider, chainId: chainId ?? known.chainId });
  if (!isAddress(market)) {
    const names = Object.keys(knownMarkets).join(", ");
    const next = `write one of: ${names}, or a PoolAddressesProvider's address with its chain id`;
    return fail(why("usage", { detail: `no market is named ${market}`, next }));
  }
  if (chainId === undefined)
    return fail(why("usage", { detail: "a market given by address needs its chain", next: "add --chain-id NUMBER" }));
  return ok({ market, provider: market, chainId });
}
