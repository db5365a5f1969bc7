import { strict as assert } from "node:assert";
import { maxUint256 } from "viem";
import {
  type Bench,
  type Outcome,
  type RescueOptions,
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
import type { Rule } from "./rules.ts";
import { borrow, supply, withSecondCollateral } from "./rules-selling.ts";

const refusalOf = async (bench: Bench, refusal: string, how: RescueOptions) =>
  assert.equal(await verdict(bench, "execute", await rescue(bench, how)), refusal);

/** The owner's wallet holds dollars and lets the guardian have some. */
const reserve = async (bench: Bench, holds: bigint, allows = holds) => {
  await must(
    bench,
    bench.token("USDC"),
    "transfer",
    [bench.admin, await balanceOf(bench, bench.token("USDC"), bench.owner)],
    bench.owner,
  );
  await mint(bench.world.chain, "USDC", bench.owner, holds);
  await must(bench, bench.token("USDC"), "approve", [bench.guardian.address, allows], bench.owner);
};
const fromReserve = (bench: Bench, repay: bigint, policy = bench.policy) =>
  answerOf<Outcome>(bench, bench.guardian, "repayFromReserve", [policy, bench.token("USDC").address, repay]);
const reserveVerdict = (bench: Bench, repay: bigint, policy = bench.policy) =>
  verdict(bench, "repayFromReserve", [policy, bench.token("USDC").address, repay]);

export const endingRules: readonly Rule[] = [
  {
    name: "HealthNotRisen: what selling costs in all leaves the position worse",
    run: async (bench) => {
      const policy = await rearm(bench, {
        bounty: { ...bench.policy.bounty, atTrigger: 6_000n, atUrgent: 6_000n, perCall: usd(2_000) },
      });
      const dear = await rearm(bench, {
        bounty: { atTrigger: 4_500n, atUrgent: 4_500n, perCall: usd(90_000), perPeriod: usd(90_000) },
      });
      await refusalOf(bench, "done", { policy });
      await refusalOf(bench, "HealthNotRisen", { policy: dear });
    },
  },
  {
    name: "AboveBand: no more is sold than the band needs",
    run: async (bench) => {
      await refusalOf(bench, "done", { repay: 86_000n * USDC });
      await refusalOf(bench, "AboveBand", { repay: 100_000n * USDC });
      await reserve(bench, 200_000n * USDC);
      assert.equal(await reserveVerdict(bench, 39_000n * USDC), "AboveBand");
    },
  },
  {
    name: "BelowBand: a tiny repayment is nobody's rescue, and earns nothing",
    run: async (bench) => {
      await refusalOf(bench, "BelowBand", { repay: 70_000n * USDC });
      await refusalOf(bench, "BelowBand", { repay: USDC });
      await reserve(bench, 200_000n * USDC);
      assert.equal(await reserveVerdict(bench, 1n * USDC), "BelowBand");
    },
  },
  {
    name: "the cap used in full ends a call below the band, one unit less does not",
    run: async (bench) => {
      const { caps } = bench.policy;
      const policy = await rearm(bench, { caps: { ...caps, perCall: usd(20_000) } });
      await refusalOf(bench, "done", { policy });
      await refusalOf(bench, "BelowBand", { policy, repay: 20_000n * USDC - 1n });
    },
  },
  {
    name: "exhausted collateral ends a call below the band: the allowance is a bound; a unit left is not exhausted",
    run: async (bench) => {
      await must(bench, bench.aToken("WETH"), "approve", [bench.guardian.address, 5n * WAD], bench.owner);
      const most = (amount: bigint, script = {}): RescueOptions => ({
        ...{ repay: 10_800n * USDC, script },
        change: ([sale]) => [{ ...sale!, amount }],
      });
      await refusalOf(bench, "ProceedsTooLow", most(maxUint256));
      const pay = most(maxUint256, { pay: 10_900n * USDC });
      await refusalOf(bench, "done", pay);
      await refusalOf(bench, "BelowBand", most(5n * WAD - 10n, { pay: 10_900n * USDC }));
      await must(bench, bench.guardian, "execute", await rescue(bench, pay), bench.executor);
      assert.equal(
        await answerOf<bigint>(bench, bench.aToken("WETH"), "allowance", [bench.owner, bench.guardian.address]),
        0n,
      );
      // Whoever made it so, by borrowing liquidity away for example, has not bought the time of a cool-down with it.
      await must(bench, bench.aToken("WETH"), "approve", [bench.guardian.address, 100n * WAD], bench.owner);
      await refusalOf(bench, "done", { repay: 68_000n * USDC });
    },
  },
  {
    name: "a debt that is gone ends a call below the band, if none of the others was larger",
    run: async (bench) => {
      await supply(bench, bench.stranger, "DAI", 100_000n * WAD);
      await bench.world.setPrice("WETH", usd(2_400));
      await borrow(bench, bench.owner, "DAI", 10n * WAD);
      await bench.world.setPrice("WETH", usd(2_200));
      const { second, chain } = bench.world;
      const dai = {
        ...bench.policy.debts[0]!,
        asset: bench.token("DAI").address,
        source: chain.addresses.feeds["DAI"]!,
        second: second["DAI"]!.address,
      };
      const policy = await rearm(bench, { debts: [...bench.policy.debts, dai] });
      const script = { pay: 11n * WAD };
      const args = await rescue(bench, { policy, debt: "DAI", repay: 11n * WAD, script });
      assert.equal(await verdict(bench, "execute", args), "BelowBand");
      const alone = await rearm(bench, { debts: [dai] });
      assert.equal(
        await verdict(bench, "execute", await rescue(bench, { policy: alone, debt: "DAI", repay: 11n * WAD, script })),
        "done",
      );
    },
  },
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
    name: "ReserveNotAllowed and ReserveEmpty: the wallet is drawn on as far as the owner said",
    run: async (bench) => {
      const closed = await rearm(bench, { terms: { ...bench.policy.terms, reserveRepay: false } });
      await reserve(bench, 0n, maxUint256);
      assert.equal(await reserveVerdict(bench, 35_000n * USDC, closed), "ReserveNotAllowed");
      assert.equal(await reserveVerdict(bench, 35_000n * USDC), "ReserveEmpty");
      await reserve(bench, 10_000n * USDC, 0n);
      assert.equal(await reserveVerdict(bench, 35_000n * USDC), "ReserveEmpty");
    },
  },
  {
    name: "reserve: repays what the wallet allows, and no gift of a stranger changes that",
    run: async (bench) => {
      await reserve(bench, 10_000n * USDC);
      const some = await fromReserve(bench, 35_000n * USDC);
      assert.equal(some.repaid, (10_000n * USDC * 10_000n) / 10_027n);
      assert.equal(some.bounty, (some.repaid * 27n) / 10_000n);
      const capped = await rearm(bench, { bounty: { ...bench.policy.bounty, perCall: usd(10) } });
      const rest = await fromReserve(bench, 35_000n * USDC, capped);
      assert.deepEqual([rest.repaid, rest.bounty], [9_990n * USDC, 10n * USDC]);
      await mint(bench.world.chain, "USDC", bench.owner, 5n);
      assert.equal((await fromReserve(bench, 35_000n * USDC)).repaid, some.repaid);
      await reserve(bench, 100_000n * USDC);
      const whole = await fromReserve(bench, 35_000n * USDC);
      await must(
        bench,
        bench.guardian,
        "repayFromReserve",
        [bench.policy, bench.token("USDC").address, 35_000n * USDC],
        bench.executor,
      );
      assert.equal(await balanceOf(bench, bench.token("USDC"), bench.owner), 65_000n * USDC - whole.bounty);
      assert.equal(await balanceOf(bench, bench.token("USDC"), bench.executor), whole.bounty);
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
