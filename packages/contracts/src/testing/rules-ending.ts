import { strict as assert } from "node:assert";
import { encodeFunctionData, maxUint256 } from "viem";
import {
  type Bench,
  type RescueOptions,
  USDC,
  WAD,
  answerOf,
  ask,
  must,
  rearm,
  rescue,
  scriptOf,
  usd,
  verdict,
} from "./bench.ts";
import { borrow, configurator, refusalOf, supply } from "./moves.ts";
import { reserve, reserveVerdict } from "./rules-reserve.ts";
import type { Rule } from "./rules.ts";

/** A second debt of 10 DAI; how a policy pins it. */
const speckOfDai = async (bench: Bench) => {
  await supply(bench, bench.stranger, "DAI", 100_000n * WAD);
  await bench.world.setPrice("WETH", usd(2_400));
  await borrow(bench, bench.owner, "DAI", 10n * WAD);
  await bench.world.setPrice("WETH", usd(2_200));
  const { second, chain } = bench.world;
  return {
    ...bench.policy.debts[0]!,
    asset: bench.token("DAI").address,
    source: chain.addresses.feeds["DAI"]!,
    second: second["DAI"]!.address,
  };
};

/** A rescue that sells all of the 5 WETH that are allowed, and a policy that may sell wstETH too, of which the owner has none. */
const exhausting = async (bench: Bench) => {
  for (const [symbol, amount] of [
    ["WETH", 5n * WAD],
    ["wstETH", maxUint256],
  ] as const)
    await must(bench, bench.aToken(symbol), "approve", [bench.guardian.address, amount], bench.owner);
  const { chain, second } = bench.world;
  const [weth] = bench.policy.collaterals;
  const pins = {
    asset: bench.token("wstETH").address,
    ...{ source: chain.addresses.feeds["wstETH"]!, second: second["wstETH"]!.address },
  };
  const policy = await rearm(bench, { collaterals: [weth!, { ...weth!, ...pins }] });
  const args = await rescue(bench, {
    ...{ policy, repay: 10_900n * USDC, script: { pay: 10_990n * USDC } },
    change: ([one, other]) => [
      { ...one!, amount: maxUint256 },
      { ...other!, amount: 0n },
    ],
  });
  return { policy, args };
};

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
      // Nothing can be sold then: no reason for the wallet to stop short.
      await must(bench, bench.aToken("WETH"), "approve", [bench.guardian.address, 0n], bench.owner);
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
    name: "exhausted collateral ends a call below the band: the allowance is a bound; what matters of it left is not exhausted",
    run: async (bench) => {
      await must(bench, bench.aToken("WETH"), "approve", [bench.guardian.address, 5n * WAD], bench.owner);
      const most = (amount: bigint, script = {}): RescueOptions => ({
        ...{ repay: 10_800n * USDC, script },
        change: ([sale]) => [{ ...sale!, amount }],
      });
      await refusalOf(bench, "ProceedsTooLow", most(maxUint256));
      const pay = most(maxUint256, { pay: 10_900n * USDC });
      await refusalOf(bench, "done", pay);
      // A hundredth of 10,800 USD is 0.049 WETH.
      await refusalOf(bench, "BelowBand", most(5n * WAD - WAD / 20n, { pay: 10_900n * USDC }));
      await refusalOf(bench, "done", most(5n * WAD - WAD / 25n, { pay: 10_900n * USDC }));
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
    name: "a gift of a speck of another listed collateral does not keep an exhausted one from ending a call; a gift that matters does",
    run: async (bench) => {
      const { args } = await exhausting(bench);
      assert.equal(await verdict(bench, "execute", args), "done");
      await supply(bench, bench.stranger, "wstETH", WAD);
      const give = (amount: bigint) =>
        must(bench, bench.aToken("wstETH"), "transfer", [bench.owner, amount], bench.stranger);
      await give(1n);
      assert.equal(await verdict(bench, "execute", args), "done");
      await give(WAD / 25n);
      assert.equal(await verdict(bench, "execute", args), "BelowBand");
    },
  },
  {
    name: "a second collateral in doubt, or whose sale lowers health, does not keep the sound one from ending a call",
    run: async (bench) => {
      const { args } = await exhausting(bench);
      await supply(bench, bench.owner, "wstETH", WAD);
      assert.equal(await verdict(bench, "execute", args), "BelowBand");
      const { chain, second } = bench.world;
      await chain.setPrice("wstETH", usd(2_700));
      assert.equal(await verdict(bench, "execute", args), "done");
      await must(bench, bench.guardian, "execute", args, bench.executor);
      // It has not bought the time of a cool-down.
      await must(bench, bench.aToken("WETH"), "approve", [bench.guardian.address, 5n * WAD], bench.owner);
      assert.equal(await verdict(bench, "execute", args), "done");
      await bench.world.setPrice("wstETH", usd(2_880));
      assert.equal(await verdict(bench, "execute", args), "BelowBand");
      await must(bench, second["wstETH"]!, "set", [0n], bench.admin);
      assert.equal(await verdict(bench, "execute", args), "done");
      await must(bench, second["wstETH"]!, "set", [usd(2_880)], bench.admin);
      assert.equal(await verdict(bench, "execute", args), "BelowBand");
      // Where 99 % of it count, selling lowers a health of 0.987; that of WETH, of which 83 % count, raises it.
      await bench.world.setPrice("WETH", usd(1_830));
      const lowering = [bench.token("wstETH").address, 9_500, 9_900, 10_050];
      await must(bench, configurator(bench), "configureReserveAsCollateral", lowering, bench.admin);
      assert.equal(await verdict(bench, "execute", args), "done");
    },
  },
  {
    name: "GasTooLow: a source that burns all gas is in doubt, one that was given too little is not",
    run: async (bench) => {
      const { args } = await exhausting(bench);
      await supply(bench, bench.owner, "wstETH", WAD);
      const { chain, second } = bench.world;
      await chain.rpc.request("anvil_setCode", [second["wstETH"]!.address, "0xfe"]);
      assert.equal(await verdict(bench, "execute", args), "done");
      const data = encodeFunctionData({ abi: bench.guardian.abi, functionName: "execute", args });
      assert.equal((await ask(bench, bench.guardian, data, bench.executor, 1_500_000n)).refusal, "GasTooLow");
    },
  },
  {
    name: "a debt that is gone ends a call below the band, if none of the others was larger",
    run: async (bench) => {
      const dai = await speckOfDai(bench);
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
    name: "closing a speck of a debt starts no cool-down; closing the largest does",
    run: async (bench) => {
      const dai = await speckOfDai(bench);
      const [weth] = bench.policy.collaterals;
      const policy = await rearm(bench, {
        debts: [...bench.policy.debts, dai],
        collaterals: [{ ...weth!, stopLoss: usd(2_200) }],
      });
      const closing = (debt: string, repay: bigint, amount: bigint, pay: bigint) =>
        [
          ...[policy, bench.token(debt).address, repay],
          [{ amount, route: bench.route.address, data: scriptOf({ pay }) }],
        ] as const;
      const all = closing("USDC", 161_000n * USDC, 73n * WAD, 161_200n * USDC);
      assert.equal(await verdict(bench, "close", all), "done");
      const speck = closing("DAI", 11n * WAD, WAD / 220n, 11n * WAD);
      await must(bench, bench.guardian, "close", speck, bench.stranger);
      assert.equal(await verdict(bench, "close", all), "done");
      assert.equal(await verdict(bench, "execute", await rescue(bench, { policy })), "done");
      await must(bench, bench.guardian, "close", all, bench.stranger);
      await supply(bench, bench.stranger, "USDC", 200_000n * USDC);
      await borrow(bench, bench.owner, "USDC", 20_000n * USDC);
      assert.equal(await verdict(bench, "close", all), "CoolingDown");
    },
  },
];
