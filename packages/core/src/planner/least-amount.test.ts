import fc from "fast-check";
import { expect, test } from "vitest";
import { accountKey, exact, ok, text } from "@plimsoll/core/units";
import { boundToy, toyHolding, toyScene, toyTerms } from "@plimsoll/core/turn/testing";
import { type Goal, reaches, readHealth } from "@plimsoll/core/policy";
import { leastAmount, stepsIn, stepsOf } from "./least-amount.ts";

/** Never fewer than a hundred: what is reached is counted at the end. */
const numRuns = Math.max(100, Number(process.env["PLIMSOLL_RUNS"] ?? 200));

test("the amount reaches the goal, is a multiple of the step, and one step less misses; else the most misses too", () => {
  let reached = 0;
  fc.assert(
    fc.property(
      fc.record({
        coins: fc.bigInt({ min: 10n ** 4n, max: 10n ** 11n }),
        health: fc.bigInt({ min: 90n, max: 320n }),
        wallet: fc.bigInt({ min: 0n, max: 100n }),
        price: fc.bigInt({ min: 10n ** 4n, max: 10n ** 8n }),
        lot: fc.constantFrom(1n, 7n, 1_000n, 100_000n),
        target: fc.bigInt({ min: 101n, max: 300n }),
        lever: fc.integer({ min: 0, max: 1 }),
      }),
      ({ coins, health, wallet: percent, price, lot, target, lever: which }) => {
        const debt = (coins * price * 80n) / (health * 100_000n) + 1n;
        const wallet = (debt * percent) / 100n;
        const scene = toyScene({ COIN: exact(price, 3) }, 1, toyTerms({ lot }));
        const holding = toyHolding({ wallet, loans: { a: { coin: "COIN", coins, debt } } }, 1);
        const goal: Goal = { account: accountKey("a"), line: "maintenance", at: exact(target, 2) };
        const lever = boundToy.levers(holding, goal.account, scene)[which]!;
        const family = (amount: typeof lever.most) => lever.act(amount, exact(0n));
        const reachedBy = (count: bigint) => {
          const after = boundToy.apply(holding, family(stepsOf(count, lever)), scene);
          return reaches(readHealth(boundToy, after, goal, scene), goal);
        };
        const least = leastAmount(boundToy, holding, scene, goal, family, lever);
        if (reaches(readHealth(boundToy, ok(holding), goal, scene), goal)) {
          expect(least).toEqual(ok(exact(0n)));
        } else if (least.ok) {
          reached++;
          const count = least.value.digits / lever.step.digits;
          expect(stepsOf(count, lever)).toEqual(least.value);
          expect(reachedBy(count)).toBe(true);
          expect(count === 1n || !reachedBy(count - 1n)).toBe(true);
        } else {
          const most = stepsIn(lever);
          expect(most === 0n || !reachedBy(most)).toBe(true);
          expect(least.failure.facts).toMatchObject({ target: text(goal.at) });
        }
      },
    ),
    { numRuns },
  );
  expect(reached).toBeGreaterThan(numRuns / 5);
});
