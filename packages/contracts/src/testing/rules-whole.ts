import { strict as assert } from "node:assert";
import {
  type Outcome,
  USDC,
  WAD,
  answerOf,
  balanceOf,
  mint,
  must,
  quoteOf,
  rearm,
  rescue,
  scriptOf,
  usd,
  verdict,
} from "./bench.ts";
import { withSecondCollateral } from "./moves.ts";
import type { Rule } from "./rules.ts";

export const wholeRules: readonly Rule[] = [
  {
    name: "conservation: the debt falls, every remainder is the owner's, the executor gets the bounty and the guardian keeps nothing",
    run: async (bench) => {
      const { guardian, owner, executor, route } = bench;
      const swapper = await answerOf<`0x${string}`>(bench, guardian, "SWAPPER", []);
      const [usdc, weth] = [bench.token("USDC"), bench.token("WETH")];
      const before = await balanceOf(bench, usdc, owner);
      for (const holder of [guardian.address, swapper]) {
        await mint(bench.world.chain, "USDC", holder, 7n);
        await mint(bench.world.chain, "WETH", holder, 9n);
      }
      const quote = await quoteOf(bench, bench.policy, 82_000n * USDC);
      const [back, extra] = [WAD / 10n, 500n * USDC];
      const args = await rescue(bench, { script: { pay: quote.owed + extra, back } });
      const preview = await answerOf<Outcome>(bench, guardian, "execute", args);
      await must(bench, guardian, "execute", args, executor);
      assert.equal(preview.returned, extra);
      assert.equal(preview.sold[0], quote.offers[0]!.maxSale - back);
      assert.equal(await balanceOf(bench, usdc, owner), before + extra);
      assert.equal(await balanceOf(bench, weth, owner), back);
      assert.equal(await balanceOf(bench, usdc, executor), quote.bounty);
      for (const holder of [guardian.address, swapper]) {
        assert.equal(await balanceOf(bench, usdc, holder), 7n);
        assert.equal(await balanceOf(bench, weth, holder), 9n);
        assert.equal(await balanceOf(bench, bench.aToken("WETH"), holder), 0n);
      }
      for (const [token, spender] of [
        [usdc, bench.world.chain.addresses.pool],
        [usdc, route.address],
        [weth, route.address],
      ] as const)
        for (const holder of [guardian.address, swapper])
          assert.equal(await answerOf<bigint>(bench, token, "allowance", [holder, spender]), 0n);
    },
  },
  {
    name: "PriceNotReached: stop-loss and take-profit need both prices, and then close all of the debt",
    run: async (bench) => {
      const [weth] = bench.policy.collaterals;
      const { caps } = bench.policy;
      const policy = await rearm(bench, { collaterals: [{ ...weth!, stopLoss: usd(2_100), takeProfit: usd(2_600) }] });
      const small = await rearm(bench, { collaterals: policy.collaterals, caps: { ...caps, perCall: usd(30_000) } });
      const closing = (dollars: number, worth: number, price: number, by = policy) =>
        verdict(bench, "close", [
          ...[by, bench.token("USDC").address, BigInt(dollars) * USDC],
          [
            {
              amount: (usd(worth) * WAD) / usd(price),
              route: bench.route.address,
              data: scriptOf({ pay: BigInt(worth + 100) * USDC }),
            },
          ],
        ]);
      assert.equal(await closing(161_000, 160_500, 2_600), "PriceNotReached");
      await bench.world.setPrice("WETH", usd(2_605));
      await bench.world.chain.setPrice("WETH", usd(2_599));
      assert.equal(await closing(161_000, 160_500, 2_600), "PriceNotReached");
      await bench.world.setPrice("WETH", usd(2_600));
      assert.equal(await closing(161_000, 160_500, 2_600), "done");
      assert.equal(await closing(100_000, 100_100, 2_600), "BelowBand");
      assert.equal(await closing(161_000, 30_000, 2_600, small), "done");
      await bench.world.setPrice("WETH", usd(2_100));
      await bench.world.chain.setPrice("WETH", usd(2_101));
      assert.equal(await closing(161_000, 161_000, 2_100), "PriceNotReached");
      await bench.world.setPrice("WETH", usd(2_100));
      assert.equal(await closing(161_000, 161_000, 2_100), "done");
    },
  },
  {
    name: "two collaterals in one call: sold in order, each within its own bound",
    run: async (bench) => {
      const policy = await withSecondCollateral(bench);
      const { owed } = await quoteOf(bench, policy, 42_000n * USDC);
      const sale = (amount: bigint) => ({
        amount,
        route: bench.route.address,
        data: scriptOf({ pay: owed / 2n + 1n }),
      });
      const sales = [sale((owed * WAD) / USDC / 4_400n), sale((owed * WAD) / USDC / 5_760n)];
      const args = [policy, bench.token("USDC").address, 42_000n * USDC, sales];
      const outcome = await answerOf<Outcome>(bench, bench.guardian, "execute", args);
      assert.deepEqual(
        outcome.sold,
        sales.map(({ amount }) => amount),
      );
    },
  },
];
