import type { Condition } from "@plimsoll/core/book";
import type { Remedy } from "@plimsoll/core/policy";
import { assetId, dec, exact, holdingId, known, ms, toNumber } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Reserve } from "./plan.ts";
import { deskGuard, planOnDesk } from "./testing/desk-plans.ts";
import { deskVenue } from "./testing/small-desk.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 24);

/** Dollar coins in a wallet: how much of each, and what a year of it earns in hundredths. */
interface Coin {
  readonly holds: number;
  readonly yearly: number;
}
const coins = (count: number): fc.Arbitrary<readonly Coin[]> => {
  const coin = fc.record({ holds: fc.integer({ min: 20, max: 400 }), yearly: fc.integer({ min: 1, max: 60 }) });
  return fc.array(coin, { minLength: count, maxLength: count });
};

const MISSING = 600;
/** A bitcoin at 50,000 asks 2,500: with 2,400 of cash 1.2 lacks 600, which coins fill one for one; each posting pays its gas. */
function planOf(all: readonly Coin[], gasInCents: number, steps: "fine" | "whole" = "fine") {
  const named = (place: number) => assetId(`USD${place}`);
  const each = <V>(make: (coin: Coin) => V) => Object.fromEntries(all.map((coin, place) => [named(place), make(coin)]));
  // 100,000 units of gas, in a coin that is worth a dollar
  const gas: Condition = {
    ...{ type: "gas", chain: "ethereum", price: exact(BigInt(gasInCents), 7), inclusionBlocks: 1 },
    at: ms(1),
  };
  return planOnDesk({
    body: {
      ...{ cash: exact(2_400n), posted: {}, wallet: each(({ holds }) => exact(BigInt(holds))) },
      positions: { BTC: { size: dec("1"), entry: dec("50000") } },
    },
    guard: deskGuard(
      all.map((_, place): Remedy => ({ use: "supply", asset: named(place), most: dec("1000") })),
      "1.2",
    ),
    reserves: all.map(({ holds, yearly }, place): Reserve => ({
      ...{ asset: named(place), at: deskVenue, holding: holdingId("desk:me"), kind: "plain", floor: dec("0") },
      ...{ free: known(exact(BigInt(holds)), ms(0)), yearly: exact(BigInt(yearly), 2) },
    })),
    conditions: [gas],
    prices: { BTC: dec("50000"), ETH: dec("1") },
    terms: { weights: each(() => dec("1")), unit: steps === "fine" ? exact(1n, 6) : exact(7n) },
  });
}

const carryOf = (amount: number, yearly: number): number => (amount * (yearly / 100) * 30) / 365;

/** Every set of coins, each filled with the cheapest first: the cost of the best, by hand. */
function byEverySet(all: readonly Coin[], gasInCents: number): number {
  const cheapestFirst = all.toSorted((a, b) => a.yearly - b.yearly);
  let best = Infinity;
  for (let set = 1; set < 2 ** all.length; set++) {
    let [missing, cost] = [MISSING, 0];
    for (const [place, { holds, yearly }] of cheapestFirst.entries()) {
      if (((set >> place) & 1) === 0) continue;
      const amount = Math.min(holds, missing);
      missing -= amount;
      cost += carryOf(amount, yearly) + gasInCents / 100;
    }
    if (missing <= 0) best = Math.min(best, cost);
  }
  return best;
}

/** What a plan costs, what it leaves open, and what the best of all sets costs; undefined where nothing reaches. */
function compared(all: readonly Coin[], gasInCents: number) {
  const { plan, shortfalls } = planOf(all, gasInCents);
  const best = byEverySet(all, gasInCents);
  expect(shortfalls.length > 0).toBe(best === Infinity);
  return plan === undefined || best === Infinity
    ? undefined
    : { cost: toNumber(plan.cost), gap: toNumber(plan.gap), best, steps: plan.steps.length };
}

test("the continuous part is optimal to 1e-6: steps of a millionth cost what the best of all sets and amounts costs", () => {
  let reached = 0;
  fc.assert(
    fc.property(coins(4), fc.integer({ min: 0, max: 300 }), (all, gas) => {
      const found = compared(all, gas);
      if (found === undefined) return;
      reached++;
      expect(Math.abs(found.cost - found.best)).toBeLessThanOrEqual(1e-6);
      expect(found.gap).toBeLessThanOrEqual(1e-6);
    }),
    { numRuns },
  );
  expect(reached).toBeGreaterThan(numRuns / 4);
});

test("of twelve candidates every set is weighed: what each costs once decides how many are used", () => {
  let spread = 0;
  fc.assert(
    fc.property(coins(12), (all) => {
      const [free, dear] = [compared(all, 0), compared(all, 2_000)];
      if (free === undefined || dear === undefined) return;
      for (const { cost, best, gap } of [free, dear]) {
        expect(Math.abs(cost - best)).toBeLessThanOrEqual(1e-6);
        expect(gap).toBeLessThanOrEqual(1e-6);
      }
      // many cheap ones while a posting is free, few large ones when it is dear
      if (free.steps > dear.steps) spread++;
    }),
    { numRuns: Math.ceil(numRuns / 12) },
  );
  expect(spread).toBeGreaterThan(0);
});

test("of more than twelve the mix is rounded and worked out again: what it may cost too much is printed, and is no less than it does", () => {
  let open = 0;
  fc.assert(
    fc.property(coins(13), fc.integer({ min: 0, max: 2_000 }), (all, gas) => {
      const found = compared(all, gas);
      if (found === undefined) return;
      const { cost, gap, best } = found;
      expect(cost).toBeGreaterThanOrEqual(best - 1e-6);
      expect(cost - gap).toBeLessThanOrEqual(best + 1e-6);
      if (gap > 1e-6) open++;
    }),
    { numRuns: Math.ceil(numRuns / 3) },
  );
  expect(open).toBeGreaterThan(0);
});

test("coarse steps overshoot: the plan is mostly the best of all whole steps, and the gap holds what an ideal one would save", () => {
  let [reached, exactly] = [0, 0];
  fc.assert(
    fc.property(coins(3), fc.integer({ min: 0, max: 300 }), (all, gas) => {
      const { plan } = planOf(all, gas, "whole");
      const best = inWholeSteps(all, gas);
      if (plan === undefined || best === Infinity) return;
      reached++;
      const [cost, gap] = [toNumber(plan.cost), toNumber(plan.gap)];
      expect(cost).toBeGreaterThanOrEqual(best - 1e-6);
      const whole = all.map((coin) => ({ ...coin, holds: coin.holds - (coin.holds % 7) }));
      expect(cost - gap).toBeLessThanOrEqual(byEverySet(whole, gas) + 1e-6);
      if (cost <= best + 1e-6) exactly++;
    }),
    { numRuns },
  );
  expect(reached).toBeGreaterThan(numRuns / 8);
  expect(exactly / reached).toBeGreaterThan(0.8);
});

/** The cheapest of all amounts in steps of seven dollars. */
function inWholeSteps(all: readonly Coin[], gasInCents: number): number {
  const [a, b, c] = all.map(({ holds }) => Math.floor(holds / 7)) as [number, number, number];
  const costOf = (place: number, count: number) =>
    count === 0 ? 0 : carryOf(count * 7, all[place]!.yearly) + gasInCents / 100;
  let best = Infinity;
  for (let x = 0; x <= a; x++)
    for (let y = 0; y <= b; y++) {
      const z = Math.max(0, Math.ceil(MISSING / 7) - x - y);
      if (z <= c) best = Math.min(best, costOf(0, x) + costOf(1, y) + costOf(2, z));
    }
  return best;
}
