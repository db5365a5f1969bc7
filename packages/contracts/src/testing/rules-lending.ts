import { strict as assert } from "node:assert";
import {
  type Outcome,
  USDC,
  WAD,
  answerOf,
  balanceOf,
  make,
  mint,
  must,
  quoteOf,
  rescue,
  usd,
  verdict,
} from "./bench.ts";
import { borrow, configurator, flashOff, refusalOf, supply } from "./moves.ts";
import type { Rule } from "./rules.ts";

export const lendingRules: readonly Rule[] = [
  {
    name: "NoFlashSource: no lender, or none at an accepted premium, and health at 1",
    run: async (bench) => {
      const args = await rescue(bench);
      await bench.world.setPrice("WETH", usd(1_900));
      assert.notEqual(await verdict(bench, "execute", args), "NoFlashSource");
      await flashOff(bench);
      assert.equal(await verdict(bench, "execute", args), "NoFlashSource");
      await bench.world.setPrice("WETH", usd(1_930));
      assert.notEqual(await verdict(bench, "execute", args), "NoFlashSource");
    },
  },
  {
    name: "flash premium: above the policy's, the pool's loan is passed over",
    run: async (bench) => {
      assert.equal((await quoteOf(bench, bench.policy, 82_000n * USDC)).source, 0);
      await must(bench, configurator(bench), "updateFlashloanPremium", [11n], bench.admin);
      assert.equal((await quoteOf(bench, bench.policy, 82_000n * USDC)).source, 2);
    },
  },
  {
    name: "flash source: what the pool has not got is not asked of it",
    run: async (bench) => {
      await supply(bench, bench.stranger, "WETH", 10_000n * WAD);
      const free = await balanceOf(bench, bench.token("USDC"), bench.aToken("USDC").address);
      await borrow(bench, bench.stranger, "USDC", free - 81_999n * USDC);
      assert.equal((await quoteOf(bench, bench.policy, 82_000n * USDC)).source, 2);
      assert.equal((await quoteOf(bench, bench.policy, 81_999n * USDC)).source, 0);
    },
  },
  {
    name: "Morpho: the second source lends when the pool does not, for nothing",
    run: async (bench) => {
      const lender = await make(bench, "testing/FreeLender");
      const guardian = { ...bench.guardian, ...(await make(bench, "Guardian", bench.policy.provider, lender.address)) };
      const second = { ...bench, guardian: { ...guardian, abi: bench.guardian.abi } };
      await must(bench, bench.aToken("WETH"), "approve", [guardian.address, 100n * WAD], bench.owner);
      await must(second, second.guardian, "arm", [bench.policy], bench.owner);
      await flashOff(bench);
      await mint(bench.world.chain, "USDC", lender.address, 82_000n * USDC);
      const args = await rescue(second);
      const outcome = await answerOf<Outcome>(second, second.guardian, "execute", args);
      assert.deepEqual([outcome.source, outcome.premium, outcome.repaid], [1, 0n, 82_000n * USDC]);
      assert.equal((await quoteOf(second, bench.policy, 82_001n * USDC)).source, 2);
      assert.equal(await verdict(second, "onMorphoFlashLoan", [1n, "0x"]), "StrangersCallback");
      await must(bench, lender, "setCalls", [2n], bench.admin);
      assert.equal(await verdict(second, "execute", args), "StrangersCallback");
    },
  },
  {
    name: "a loop without a lender: sells what health allows, repays, and again",
    run: async (bench) => {
      await flashOff(bench);
      await refusalOf(bench, "ProceedsTooLow", { change: ([sale]) => [{ ...sale!, amount: WAD }] });
      const args = await rescue(bench);
      const outcome = await answerOf<Outcome>(bench, bench.guardian, "execute", args);
      assert.deepEqual([outcome.source, outcome.premium, outcome.repaid], [2, 0n, 82_000n * USDC]);
      await must(bench, bench.guardian, "execute", args, bench.executor);
      assert.equal(await balanceOf(bench, bench.token("USDC"), bench.executor), outcome.bounty);
      assert.equal(await balanceOf(bench, bench.token("USDC"), bench.guardian.address), 0n);
    },
  },
];
