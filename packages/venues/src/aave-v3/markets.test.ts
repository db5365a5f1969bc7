import * as registry from "@bgd-labs/aave-address-book";
import { expect, test } from "vitest";
import { marketOf } from "./markets.ts";

// source: @bgd-labs/aave-address-book 4.44.22, the registry of deployed addresses that the Aave DAO's contributors publish
const published = {
  "ethereum-core": registry.AaveV3Ethereum,
  arbitrum: registry.AaveV3Arbitrum,
  optimism: registry.AaveV3Optimism,
  polygon: registry.AaveV3Polygon,
  base: registry.AaveV3Base,
};

test("every market that can be named is the one in the published registry, and none is left out of this list", () => {
  for (const [name, { CHAIN_ID, POOL_ADDRESSES_PROVIDER }] of Object.entries(published))
    expect(marketOf(name, undefined)).toEqual({
      ok: true,
      value: { market: name, chainId: CHAIN_ID, provider: POOL_ADDRESSES_PROVIDER },
    });
  const unknown = marketOf("nowhere", undefined);
  const next = unknown.ok ? "" : unknown.failure.facts["next"];
  expect(next).toBe(
    `write one of: ${Object.keys(published).join(", ")}, or a PoolAddressesProvider's address with its chain id`,
  );
});

test("an address stands for itself, and needs its chain", () => {
  const { POOL_ADDRESSES_PROVIDER: provider } = registry.AaveV3EthereumLido;
  expect(marketOf(provider, 1)).toEqual({ ok: true, value: { market: provider, chainId: 1, provider } });
  expect(marketOf(provider, undefined)).toMatchObject({
    ok: false,
    failure: { facts: { next: "add --chain-id NUMBER" } },
  });
});
