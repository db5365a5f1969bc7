import { strict as assert } from "node:assert";
import { maxUint256 } from "viem";
import { type Bench, type Outcome, USDC, answerOf, balanceOf, mint, must, rearm, usd, verdict } from "./bench.ts";
import type { Rule } from "./rules.ts";

/** The owner's wallet holds dollars and lets the guardian have some. */
export const reserve = async (bench: Bench, holds: bigint, allows = holds) => {
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
export const reserveVerdict = (bench: Bench, repay: bigint, policy = bench.policy) =>
  verdict(bench, "repayFromReserve", [policy, bench.token("USDC").address, repay]);

export const reserveRules: readonly Rule[] = [
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
];
