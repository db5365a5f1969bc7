import { strict as assert } from "node:assert";
import type { Contract } from "@plimsoll/sim/chain";
import { type Hex, zeroAddress } from "viem";
import type { Policy } from "@plimsoll/contracts";
import { type Bench, USDC, WAD, make, mint, must, rearm, rescue, usd, verdict } from "./bench.ts";
import type { Rule } from "./rules.ts";

const collateral = ({ policy }: Bench, change: Partial<Policy["debts"][number]>): Partial<Policy> => ({
  collaterals: [{ ...policy.collaterals[0]!, ...change }],
});

/** Whatever keeps a sale off leaves the wallet's reserve open. */
const reserveOnly = async (bench: Bench, args: readonly unknown[], refusal: string) => {
  assert.equal(await verdict(bench, "execute", args), refusal);
  assert.equal(await verdict(bench, "quote", args.slice(0, 3)), refusal);
  const { stopLoss } = (args[0] as Policy).collaterals[0]!;
  const unpriced = stopLoss === 0n && !["UnknownRevision", "OracleChanged"].includes(refusal);
  assert.equal(await verdict(bench, "close", args), unpriced ? "PriceNotReached" : refusal);
  const [policy, debt] = args;
  await mint(bench.world.chain, "USDC", bench.owner, 100_000n * USDC);
  await must(bench, bench.token("USDC"), "approve", [bench.guardian.address, 100_000n * USDC], bench.owner);
  assert.equal(await verdict(bench, "repayFromReserve", [policy, debt, 35_000n * USDC]), "done");
};

const provider = ({ world: { chain } }: Bench): Contract =>
  chain.contract("PoolAddressesProvider", chain.addresses.provider);

const now = async ({ world: { chain } }: Bench) =>
  BigInt((await chain.rpc.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false])).timestamp);

/** A rescue whose collateral has an odd second source that has just been told a good price. */
const withOddSecond = async (bench: Bench) => {
  const odd = await make(bench, "testing/OddSource");
  const tell = async (decimals: number, answer: bigint, at?: bigint) =>
    must(bench, odd, "set", [decimals, answer, at ?? (await now(bench))], bench.admin);
  await tell(18, 2_200n * 10n ** 18n);
  const policy = await rearm(
    bench,
    collateral(bench, { second: odd.address, secondMaxAge: 3_600n, stopLoss: usd(2_300) }),
  );
  return { tell, args: await rescue(bench, { policy }) };
};

export const referenceRules: readonly Rule[] = [
  {
    name: "UnknownRevision: the pool was upgraded after arming",
    run: async (bench) => {
      const args = await rescue(bench);
      const slot = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";
      const { chain } = bench.world;
      const word = await chain.rpc.request<Hex>("eth_getStorageAt", [chain.addresses.pool, slot, "latest"]);
      const next = await make(bench, "testing/NextPool", `0x${word.slice(-40)}`);
      await must(bench, provider(bench), "setPoolImpl", [next.address], bench.admin);
      await reserveOnly(bench, args, "UnknownRevision");
    },
  },
  {
    name: "OracleChanged: the market has another oracle than at arming",
    run: async (bench) => {
      const args = await rescue(bench);
      const { addresses } = bench.world.chain;
      const symbols = Object.keys(addresses.tokens);
      const tokens = symbols.map((symbol) => addresses.tokens[symbol]);
      const feeds = symbols.map((symbol) => addresses.feeds[symbol]);
      const { artifacts } = bench.world.chain;
      const oracle = await make(
        { ...bench, artifacts },
        "AaveOracle",
        addresses.provider,
        tokens,
        feeds,
        zeroAddress,
        zeroAddress,
        10n ** 8n,
      );
      await must(bench, provider(bench), "setPriceOracle", [oracle.address], bench.admin);
      await reserveOnly(bench, args, "OracleChanged");
    },
  },
  {
    name: "SourceChanged: the oracle reads the collateral from somewhere else; unpinned, it may",
    run: async (bench) => {
      const { chain, second } = bench.world;
      const free = await rearm(bench, collateral(bench, { source: zeroAddress, second: second["WETH"]!.address }));
      const [args, freely] = [await rescue(bench), await rescue(bench, { policy: free })];
      const odd = await make(bench, "testing/OddSource");
      await must(bench, odd, "set", [8, usd(2_200), await now(bench)], bench.admin);
      const oracle = chain.contract("AaveOracle", chain.addresses.oracle);
      await must(bench, oracle, "setAssetSources", [[bench.token("WETH").address], [odd.address]], bench.admin);
      assert.equal(await verdict(bench, "execute", freely), "done");
      assert.equal(await verdict(bench, "execute", args), "SourceChanged");
    },
  },
  {
    name: "NoPrice: the second source answers zero, a negative price, or nothing at all",
    run: async (bench) => {
      const { tell, args } = await withOddSecond(bench);
      assert.equal(await verdict(bench, "execute", args), "done");
      await tell(18, 0n);
      await reserveOnly(bench, args, "NoPrice");
      await tell(18, -5n);
      assert.equal(await verdict(bench, "execute", args), "NoPrice");
      await tell(19, 2_200n * 10n ** 19n);
      assert.equal(await verdict(bench, "execute", args), "NoPrice");
      const silent = await rearm(bench, collateral(bench, { second: bench.stranger }));
      assert.equal(await verdict(bench, "execute", [silent, ...args.slice(1)]), "NoPrice");
    },
  },
  {
    name: "StalePrice: either source too old, or from the future",
    run: async (bench) => {
      const { tell, args } = await withOddSecond(bench);
      const at = await now(bench);
      await tell(18, 2_200n * 10n ** 18n, at - 3_600n);
      await reserveOnly(bench, args, "StalePrice");
      await tell(18, 2_200n * 10n ** 18n, at + 86_400n);
      assert.equal(await verdict(bench, "execute", args), "StalePrice");
      const venue = await rearm(bench, collateral(bench, { sourceMaxAge: 3_600n }));
      const again = await rescue(bench, { policy: venue });
      await bench.world.chain.mine(Number(at + 4_000n));
      assert.equal(await verdict(bench, "execute", again), "StalePrice");
      const heart = await make(bench, "testing/OddSource");
      const beating = await rearm(bench, collateral(bench, { sourceMaxAge: 3_600n, heartbeat: heart.address }));
      assert.equal(await verdict(bench, "execute", [beating, ...again.slice(1)]), "StalePrice");
      await must(bench, heart, "set", [8, 0n, await now(bench)], bench.admin);
      assert.equal(await verdict(bench, "execute", [beating, ...again.slice(1)]), "done");
    },
  },
  {
    name: "PricesDisagree: an oracle step that the second source does not follow, up or down",
    run: async (bench) => {
      const args = await rescue(bench);
      const { chain } = bench.world;
      await chain.setPrice("WETH", usd(2_137.3));
      await reserveOnly(bench, args, "PricesDisagree");
      await chain.setPrice("WETH", usd(2_223));
      assert.equal(await verdict(bench, "execute", args), "PricesDisagree");
      await chain.setPrice("WETH", usd(2_200));
      await chain.setPrice("USDC", usd(1.02));
      assert.equal(await verdict(bench, "execute", args), "PricesDisagree");
    },
  },
  {
    name: "a pool's spot price as the second source: moved in the same block, it sells nothing",
    run: async (bench) => {
      const { chain } = bench.world;
      const [weth, usdc] = [bench.token("WETH").address, bench.token("USDC").address];
      await mint(chain, "WETH", bench.stranger, 1_000n * WAD);
      await mint(chain, "USDC", bench.stranger, 2_200_000n * USDC);
      const spot = await make(bench, "testing/SpotSource", weth, usdc, bench.stranger);
      const policy = await rearm(bench, collateral(bench, { second: spot.address }));
      const args = await rescue(bench, { policy });
      assert.equal(await verdict(bench, "execute", args), "done");
      await mint(chain, "WETH", bench.stranger, 20n * WAD);
      assert.equal(await verdict(bench, "execute", args), "PricesDisagree");
    },
  },
  {
    name: "SourceChanged: an unpinned source that became the second one is one price, not two",
    run: async (bench) => {
      const { chain, second } = bench.world;
      const policy = await rearm(bench, collateral(bench, { source: zeroAddress }));
      const args = await rescue(bench, { policy });
      assert.equal(await verdict(bench, "execute", args), "done");
      const oracle = chain.contract("AaveOracle", chain.addresses.oracle);
      const only = [[bench.token("WETH").address], [second["WETH"]!.address]];
      await must(bench, oracle, "setAssetSources", only, bench.admin);
      await reserveOnly(bench, args, "SourceChanged");
    },
  },
];
