import { strict as assert } from "node:assert";
import { openMorpho, testAccount } from "@plimsoll/sim/chain";
import { maxUint256, parseSignature } from "viem";
import {
  type Bench,
  type Outcome,
  USDC,
  WAD,
  answerOf,
  make,
  mint,
  must,
  quoteOf,
  rearm,
  rescue,
  scriptOf,
  unwrap,
  usd,
  verdict,
} from "./bench.ts";
import type { Rule } from "./rules.ts";
import { borrow, configurator, pool, supply } from "./moves.ts";

const percent = (value: bigint) => value * 10n ** 16n;

/** 100 wstETH and some DAI against 118 WETH inside the e-mode of its kind, health 1.057, in the hands of another owner. */
const correlated = async (bench: Bench) => {
  const owner = bench.world.chain.accounts[5]!;
  await supply(bench, bench.stranger, "WETH", 1_000n * WAD);
  await supply(bench, owner, "wstETH", 100n * WAD);
  await supply(bench, owner, "DAI", 1_000n * WAD);
  await must(bench, pool(bench), "setUserEMode", [1], owner);
  await borrow(bench, owner, "WETH", 118n * WAD);
  for (const symbol of ["wstETH", "DAI"])
    await must(bench, bench.aToken(symbol), "approve", [bench.guardian.address, maxUint256], owner);
  const { chain, second } = bench.world;
  const pin = (symbol: string) => ({
    ...bench.policy.debts[0]!,
    ...{ asset: bench.token(symbol).address, source: chain.addresses.feeds[symbol]!, second: second[symbol]!.address },
  });
  return rearm(bench, {
    owner,
    debts: [pin("WETH")],
    collaterals: [pin("DAI"), pin("wstETH")],
    health: { trigger: percent(107n), urgent: percent(106n), targetLow: percent(109n), targetHigh: percent(112n) },
  });
};

export const marketRules: readonly Rule[] = [
  {
    name: "e-mode: bonus, threshold and an LTV of zero are those of the category, for what is in it",
    run: async (bench) => {
      const policy = await correlated(bench);
      const offers = async () => (await quoteOf(bench, policy, 35n * WAD, "WETH")).offers;
      assert.deepEqual(
        (await offers()).map(({ costBound, rank }) => [costBound, rank]),
        [
          [300n, 0n],
          [60n, 1n],
        ],
      );
      const args = await rescue(bench, {
        ...{ policy, debt: "WETH", repay: 35n * WAD, script: { pay: 36n * WAD } },
        change: ([dai, wstETH]) => [{ ...dai!, amount: 0n }, wstETH!],
      });
      assert.equal(await verdict(bench, "execute", args), "done");
      // At 2,540 health is 0.93: under the 95 % of the category, above the 81 % of the reserve.
      await bench.world.setPrice("wstETH", 254_000_000_000n);
      assert.equal(await verdict(bench, "execute", args), "SellingLowersHealth");
      await bench.world.setPrice("wstETH", 288_000_000_000n);
      await must(bench, configurator(bench), "setReserveFreeze", [bench.token("wstETH").address, true], bench.admin);
      assert.deepEqual(
        (await offers()).map(({ rank }) => rank),
        [1n, 0n],
      );
    },
  },
  {
    name: "Morpho Blue itself lends where the pool does not",
    run: async (bench) => {
      const { morpho } = unwrap(await openMorpho(bench.world.chain));
      const made = await make(bench, "Guardian", bench.policy.provider, morpho.address);
      const second = { ...bench, guardian: { ...bench.guardian, address: made.address } };
      await must(bench, bench.aToken("WETH"), "approve", [made.address, 100n * WAD], bench.owner);
      await must(second, second.guardian, "arm", [bench.policy], bench.owner);
      await must(bench, configurator(bench), "updateFlashloanPremium", [11n], bench.admin);
      await mint(bench.world.chain, "USDC", morpho.address, 90_000n * USDC);
      const args = await rescue(second);
      const outcome = await answerOf<Outcome>(second, second.guardian, "execute", args);
      assert.deepEqual([outcome.source, outcome.premium, outcome.repaid], [1, 0n, 82_000n * USDC]);
      await must(second, second.guardian, "execute", args, bench.executor);
    },
  },
  {
    name: "a permit grants as an approval does, and no more",
    run: async (bench) => {
      const { aToken, owner, guardian, stranger, world } = bench;
      const args = await rescue(bench);
      await must(bench, aToken("WETH"), "approve", [guardian.address, 0n], owner);
      assert.equal(await verdict(bench, "execute", args), "NothingToSell");
      const token = { ...aToken("WETH"), abi: world.chain.abis["ATokenInstance"]! };
      const [value, deadline] = [40n * WAD, 4_000_000_000n];
      const signature = await testAccount(1).signTypedData({
        domain: {
          ...{ name: await answerOf<string>(bench, token, "name", []), version: "1" },
          ...{ chainId: world.chain.chainId, verifyingContract: token.address },
        },
        types: {
          Permit: [
            { name: "owner", type: "address" },
            { name: "spender", type: "address" },
            { name: "value", type: "uint256" },
            { name: "nonce", type: "uint256" },
            { name: "deadline", type: "uint256" },
          ],
        },
        primaryType: "Permit",
        message: { owner, spender: guardian.address, value, nonce: 0n, deadline },
      });
      const { r, s, yParity } = parseSignature(signature);
      await must(bench, token, "permit", [owner, guardian.address, value, deadline, 27 + yParity, r, s], stranger);
      assert.equal((await quoteOf(bench, bench.policy, 82_000n * USDC)).offers[0]!.withdrawable, value);
      assert.equal(await verdict(bench, "execute", args), "done");
    },
  },
  {
    name: "a reserve that the market dropped is empty: the others are sold and repaid",
    run: async (bench) => {
      const { addresses } = bench.world.chain;
      const [usdc] = bench.policy.debts;
      const pin = (symbol: string) => ({
        ...usdc!,
        ...{ asset: bench.token(symbol).address, source: addresses.feeds[symbol]! },
        second: bench.world.second[symbol]!.address,
      });
      const policy = await rearm(bench, {
        debts: [usdc!, pin("DAI")],
        collaterals: [{ ...pin("WETH"), stopLoss: usd(2_200) }, pin("wstETH")],
      });
      const args = await rescue(bench, { policy });
      const sale = (amount: bigint, pay: bigint) => ({ amount, route: bench.route.address, data: scriptOf({ pay }) });
      const repay = 161_000n * USDC;
      const whole = [policy, usdc!.asset, repay, [sale(73n * WAD, 161_200n * USDC), sale(0n, 0n)]];
      await bench.world.setPrice("DAI", 0n);
      assert.equal(await verdict(bench, "close", whole), "done", "what is not owed needs no price");
      await bench.world.setPrice("DAI", usd(1));
      for (const symbol of ["wstETH", "DAI"])
        await must(bench, configurator(bench), "dropReserve", [bench.token(symbol).address], bench.admin);
      assert.equal(await verdict(bench, "execute", args), "done");
      assert.equal(await verdict(bench, "close", whole), "done");
      assert.equal(await verdict(bench, "quote", [policy, bench.token("DAI").address, WAD]), "NothingToRepay");
    },
  },
];
