import { strict as assert } from "node:assert";
import { type Bench, USDC, answerOf, must, quoteOf, rearm, rescue, usd, verdict } from "./bench.ts";
import type { Rule } from "./rules.ts";

const wait = async ({ world: { chain } }: Bench, seconds: bigint) => {
  const { timestamp } = await chain.rpc.request<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
  await chain.mine(Number(BigInt(timestamp) + seconds));
};

/** A first call that its cap ends, so that a second one is due. */
const halfway = async (bench: Bench, dollars = 20_000) => {
  const { caps, terms } = bench.policy;
  const policy = await rearm(bench, {
    caps: { ...caps, perCall: usd(dollars), perPeriod: usd(dollars * 2 + 1) },
    terms,
  });
  await must(bench, bench.guardian, "execute", await rescue(bench, { policy }), bench.executor);
  return policy;
};

export const admissionRules: readonly Rule[] = [
  {
    name: "Expired: at its expiry a policy is over",
    run: async (bench) => {
      const args = await rescue(bench);
      await bench.world.chain.mine(4_000_000_000);
      assert.equal(await verdict(bench, "execute", args), "Expired");
    },
  },
  {
    name: "NotExecutor: named executors, and nobody else",
    run: async (bench) => {
      const policy = await rearm(bench, { executors: [bench.stranger, bench.executor] });
      const args = await rescue(bench, { policy });
      assert.equal(await verdict(bench, "execute", args), "done");
      assert.equal(await verdict(bench, "execute", args, bench.admin), "NotExecutor");
      assert.equal(await verdict(bench, "repayFromReserve", args.slice(0, 3), bench.admin), "NotExecutor");
    },
  },
  {
    name: "CoolingDown: between two calls above urgent, and not below",
    run: async (bench) => {
      const policy = await halfway(bench);
      assert.equal(await verdict(bench, "quote", [policy, bench.token("USDC").address, 1n]), "CoolingDown");
      await bench.world.setPrice("WETH", usd(1_970));
      const args = await rescue(bench, { policy });
      assert.equal(await verdict(bench, "execute", args), "done");
      await bench.world.setPrice("WETH", usd(2_200));
      assert.equal(await verdict(bench, "execute", args), "CoolingDown");
      await wait(bench, 600n);
      assert.equal(await verdict(bench, "execute", await rescue(bench, { policy })), "done");
    },
  },
  {
    name: "NotTriggered: a healthy position is left alone, whoever comes second too",
    run: async (bench) => {
      const args = await rescue(bench);
      await must(bench, bench.guardian, "execute", args, bench.executor);
      await wait(bench, 600n);
      assert.equal(await verdict(bench, "execute", args, bench.stranger), "NotTriggered");
      assert.equal(await verdict(bench, "quote", args.slice(0, 3)), "NotTriggered");
      assert.equal(await verdict(bench, "repayFromReserve", args.slice(0, 3)), "NotTriggered");
    },
  },
  {
    name: "NotAllowed: a debt that the policy does not name",
    run: async (bench) => {
      const [policy, , repay, sales] = await rescue(bench);
      assert.equal(await verdict(bench, "execute", [policy, bench.token("DAI").address, repay, sales]), "NotAllowed");
    },
  },
  {
    name: "NothingToRepay: nothing asked for, or no cap left in the period",
    run: async (bench) => {
      const [policy, debt, , sales] = await rescue(bench);
      assert.equal(await verdict(bench, "execute", [policy, debt, 0n, sales]), "NothingToRepay");
      const capped = await rearm(bench, { caps: { perCall: usd(20_000), perPeriod: usd(20_000), period: 86_400n } });
      const args = await rescue(bench, { policy: capped });
      await must(bench, bench.guardian, "execute", args, bench.executor);
      await wait(bench, 700n);
      assert.equal(await verdict(bench, "execute", args), "NothingToRepay");
      await wait(bench, 86_400n);
      assert.equal(await verdict(bench, "execute", await rescue(bench, { policy: capped })), "done");
    },
  },
  {
    name: "caps: a call repays the cap at most, and the period's calls add up",
    run: async (bench) => {
      const policy = await halfway(bench);
      const [, spent] = await answerOf<bigint[]>(bench, bench.guardian, "stateOf", [policy]);
      assert.equal(spent, usd(20_000));
      await wait(bench, 600n);
      assert.equal((await quoteOf(bench, policy, 82_000n * USDC)).cap, 20_000n * USDC);
      await must(bench, bench.guardian, "execute", await rescue(bench, { policy }), bench.executor);
      await bench.world.setPrice("WETH", usd(1_700));
      assert.equal((await quoteOf(bench, policy, 82_000n * USDC)).cap, USDC);
    },
  },
  {
    name: "bounty: rises with danger, and is capped by call and by period",
    run: async (bench) => {
      const { bounty } = bench.policy;
      const { bounty: share, repay } = await quoteOf(bench, bench.policy, 82_000n * USDC);
      assert.equal(share, (repay * 27n) / 10_000n);
      await bench.world.setPrice("WETH", usd(2_000));
      assert.equal((await quoteOf(bench, bench.policy, 82_000n * USDC)).bounty, (repay * 50n) / 10_000n);
      const perCall = await rearm(bench, { bounty: { ...bounty, perCall: usd(10) } });
      assert.equal((await quoteOf(bench, perCall, 82_000n * USDC)).bounty, 10n * USDC);
      const caps = { ...bench.policy.caps, perCall: usd(20_000) };
      const policy = await rearm(bench, { caps, bounty: { ...bounty, perCall: usd(60), perPeriod: usd(100) } });
      await bench.world.setPrice("WETH", usd(1_950));
      assert.equal((await quoteOf(bench, policy, 82_000n * USDC)).bounty, 60n * USDC);
      await must(bench, bench.guardian, "execute", await rescue(bench, { policy }), bench.executor);
      assert.equal((await quoteOf(bench, policy, 82_000n * USDC)).bounty, 40n * USDC);
    },
  },
];
