import { strict as assert } from "node:assert";
import { maxUint256, zeroAddress } from "viem";
import type { Policy } from "@plimsoll/contracts";
import {
  type Outcome,
  USDC,
  WAD,
  answerOf,
  mint,
  must,
  quoteOf,
  rearm,
  rescue,
  scriptOf,
  usd,
  verdict,
} from "./bench.ts";
import { borrow, configurator, refusalOf, supply, withSecondCollateral } from "./moves.ts";
import type { Rule } from "./rules.ts";

export const sellingRules: readonly Rule[] = [
  {
    name: "SellingLowersHealth: at (1 + cost) x threshold and below; the reserve still helps",
    run: async (bench) => {
      const args = await rescue(bench);
      await bench.world.setPrice("WETH", usd(1_648));
      assert.equal(await verdict(bench, "execute", args), "SellingLowersHealth");
      assert.equal((await quoteOf(bench, bench.policy, USDC)).offers[0]!.maxSale, 0n);
      await bench.world.setPrice("WETH", usd(1_649));
      assert.notEqual(await verdict(bench, "execute", args), "SellingLowersHealth");
      await mint(bench.world.chain, "USDC", bench.owner, 200_000n * USDC);
      await must(bench, bench.token("USDC"), "approve", [bench.guardian.address, 200_000n * USDC], bench.owner);
      await bench.world.setPrice("WETH", usd(1_600));
      assert.equal(await verdict(bench, "repayFromReserve", [bench.policy, args[1], 68_000n * USDC]), "done");
    },
  },
  {
    name: "SalesMismatch: one sale per collateral",
    run: async (bench) => refusalOf(bench, "SalesMismatch", { change: (sales) => [...sales, ...sales] }),
  },
  {
    name: "NothingToSell: no amount, no allowance, no liquidity, a paused reserve",
    run: async (bench) => {
      const args = await rescue(bench);
      const none = await rescue(bench, { change: ([sale]) => [{ ...sale!, amount: 0n }] });
      assert.equal(await verdict(bench, "execute", none), "NothingToSell");
      const weth = bench.token("WETH").address;
      await must(bench, configurator(bench), "setReservePause", [weth, true, 0], bench.admin);
      assert.equal(await verdict(bench, "execute", args), "NothingToSell");
      await must(bench, configurator(bench), "setReservePause", [weth, false, 0], bench.admin);
      await supply(bench, bench.stranger, "USDC", 1_000_000n * USDC);
      await borrow(bench, bench.stranger, "WETH", 100n * WAD);
      assert.equal(await verdict(bench, "execute", args), "NothingToSell");
      await supply(bench, bench.admin, "WETH", 100n * WAD);
      assert.equal(await verdict(bench, "execute", args), "done");
      await must(bench, bench.aToken("WETH"), "approve", [bench.guardian.address, 0n], bench.owner);
      assert.equal(await verdict(bench, "execute", args), "NothingToSell");
    },
  },
  {
    name: "PullAboveNeed: a unit more than what is owed needs at the bound",
    run: async (bench) => {
      const { maxSale } = (await quoteOf(bench, bench.policy, 82_000n * USDC)).offers[0]!;
      const { owed } = await quoteOf(bench, bench.policy, 82_000n * USDC);
      // The bound by hand: 172 bps of cost over a price of 2,200.
      assert.ok(maxSale <= (owed * 10_172n * WAD) / 10_000n / 2_200n / USDC);
      assert.ok(maxSale > (owed * 10_171n * WAD) / 10_000n / 2_200n / USDC);
      await refusalOf(bench, "done", { change: ([sale]) => [{ ...sale!, amount: maxSale }] });
      await refusalOf(bench, "PullAboveNeed", { change: ([sale]) => [{ ...sale!, amount: maxSale + 10n ** 12n }] });
    },
  },
  {
    name: "CostAboveBound: one unit under the floor, by the dearer of both references, also where another sale makes up for it",
    run: async (bench) => {
      const { owed } = await quoteOf(bench, bench.policy, 82_000n * USDC);
      await refusalOf(bench, "CostAboveBound", { script: { pay: owed - 1n } });
      const { world } = bench;
      for (const [venue, second] of [
        [2_200, 2_210],
        [2_210, 2_200],
      ] as const) {
        await world.setPrice("WETH", usd(second));
        await world.chain.setPrice("WETH", usd(venue));
        const { offers } = await quoteOf(bench, bench.policy, 82_000n * USDC);
        const more = offers[0]!.maxSale + 10n ** 13n;
        await refusalOf(bench, "PullAboveNeed", { change: ([sale]) => [{ ...sale!, amount: more }] });
      }
      await world.setPrice("WETH", usd(2_200));
      const policy = await withSecondCollateral(bench);
      const { owed: both, offers } = await quoteOf(bench, policy, 70_000n * USDC);
      const half = (sales: readonly { amount: bigint }[]) => sales.map(({ amount }) => amount / 2n);
      const amounts = half([{ amount: offers[0]!.maxSale }, { amount: WAD }]);
      const sales = amounts.map((amount, place) => ({
        ...{ amount, route: bench.route.address, data: scriptOf({ pay: place === 0 ? both : 1n }) },
      }));
      assert.equal(
        await verdict(bench, "execute", [policy, bench.token("USDC").address, 70_000n * USDC, sales]),
        "CostAboveBound",
      );
    },
  },
  {
    name: "cost: by the curve, 60 % of the bonus at urgent, never above the ceiling",
    run: async (bench) => {
      const bound = async (policy: Policy) => (await quoteOf(bench, policy, 10_000n * USDC)).offers[0]!.costBound;
      await bench.world.setPrice("WETH", usd(2_313));
      assert.equal(await bound(bench.policy), 50n);
      await bench.world.setPrice("WETH", usd(2_000));
      assert.equal(await bound(bench.policy), 300n);
      const ceiling = await rearm(bench, { cost: { ...bench.policy.cost, ceiling: 100n } });
      assert.equal(await bound(ceiling), 100n);
      await must(
        bench,
        configurator(bench),
        "configureReserveAsCollateral",
        [bench.token("WETH").address, 8_050, 8_300, 10_060],
        bench.admin,
      );
      assert.equal(await bound(bench.policy), 36n);
      await bench.world.setPrice("WETH", usd(2_313));
      assert.equal(await bound(bench.policy), 36n);
    },
  },
  {
    name: "ProceedsTooLow: sold too little for what is owed",
    run: async (bench) =>
      refusalOf(bench, "ProceedsTooLow", { change: ([sale]) => [{ ...sale!, amount: sale!.amount / 2n }] }),
  },
  {
    name: "order: collateral with an LTV of zero leaves first; while it cannot, nothing does",
    run: async (bench) => {
      const policy = await withSecondCollateral(bench);
      const ranks = async () => (await quoteOf(bench, policy, 42_000n * USDC)).offers.map(({ rank }) => rank);
      assert.deepEqual(await ranks(), [0n, 1n]);
      await must(bench, configurator(bench), "setReserveFreeze", [bench.token("wstETH").address, true], bench.admin);
      assert.deepEqual(await ranks(), [1n, 0n]);
      const repay = 42_000n * USDC;
      const { owed, offers } = await quoteOf(bench, policy, repay);
      const selling = (...lots: (readonly [amount: bigint, pay: bigint])[]) =>
        verdict(bench, "execute", [
          ...[policy, bench.token("USDC").address, repay],
          lots.map(([amount, pay]) => ({ amount, route: bench.route.address, data: scriptOf({ pay }) })),
        ]);
      assert.equal(await selling([offers[0]!.maxSale, owed], [0n, 0n]), "LtvValidationFailed");
      const rest = owed - 28_800n * USDC;
      assert.equal(await selling([(rest * WAD) / USDC / 2_200n, rest], [10n * WAD, 28_800n * USDC]), "done");
      await supply(bench, bench.stranger, "USDC", 1_000_000n * USDC);
      await must(bench, configurator(bench), "setReserveFreeze", [bench.token("wstETH").address, false], bench.admin);
      await borrow(bench, bench.stranger, "wstETH", 5n * WAD);
      await must(bench, configurator(bench), "setReserveFreeze", [bench.token("wstETH").address, true], bench.admin);
      const stuck = await quoteOf(bench, policy, 70_000n * USDC);
      assert.deepEqual(
        stuck.offers.map(({ withdrawable }) => withdrawable),
        [0n, 5n * WAD],
      );
    },
  },
  {
    name: "the debt asset as collateral: repaid without a swap",
    run: async (bench) => {
      await supply(bench, bench.owner, "USDC", 40_000n * USDC);
      await must(bench, bench.aToken("USDC"), "approve", [bench.guardian.address, maxUint256], bench.owner);
      const { debts, health } = bench.policy;
      const policy = await rearm(bench, {
        collaterals: debts,
        health: { ...health, trigger: 135n * 10n ** 16n, targetLow: 136n * 10n ** 16n },
      });
      const repay = 20_000n * USDC;
      const { owed, offers } = await quoteOf(bench, policy, repay);
      assert.ok(offers[0]!.maxSale >= owed);
      const outcome = await answerOf<Outcome>(bench, bench.guardian, "execute", [
        policy,
        bench.token("USDC").address,
        repay,
        [{ amount: owed, route: zeroAddress, data: "0x" }],
      ]);
      assert.deepEqual([outcome.repaid, outcome.returned, outcome.sold], [repay, 0n, [owed]]);
    },
  },
];
