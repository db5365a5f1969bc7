import fc from "fast-check";
import { expect, test } from "vitest";
import { type RemedyCurve, cheapestMix } from "./cheapest-mix.ts";

/** Never fewer than a hundred: what is reached is counted at the end. */
const numRuns = Math.max(100, Number(process.env["PLIMSOLL_RUNS"] ?? 300));

/** Gains that slow down and costs that speed up over equal pieces. */
const curve = (purse?: string): fc.Arbitrary<RemedyCurve> =>
  fc
    .record({
      pieces: fc.integer({ min: 1, max: 3 }),
      gains: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 3 }),
      costs: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 3, maxLength: 3 }),
    })
    .map(({ pieces, gains, costs }) => {
      const sum = (steps: number[]) => steps.reduce<number[]>((sums, step) => [...sums, sums.at(-1)! + step], [0]);
      const falling = gains.slice(0, pieces).toSorted((a, b) => b - a);
      const rising = costs.slice(0, pieces).toSorted((a, b) => a - b);
      const knots = Array.from({ length: pieces + 1 }, (_, index) => index * 2);
      return { knots, gain: sum(falling), cost: sum(rising), ...(purse !== undefined && { purse }) };
    });

const at = ({ knots, ...of }: RemedyCurve, what: "gain" | "cost", amount: number): number => {
  const after = Math.max(
    1,
    knots.findIndex((knot) => knot >= amount - 1e-9),
  );
  const share = (amount - knots[after - 1]!) / (knots[after]! - knots[after - 1]!);
  return of[what][after - 1]! + share * (of[what][after]! - of[what][after - 1]!);
};

/** The cheapest of all amounts on a grid; what the grid cannot hit exactly it overshoots. */
function byGrid(curves: readonly RemedyCurve[], need: number, purse: number, cells: number): number {
  const amounts = (index: number) =>
    Array.from({ length: cells + 1 }, (_, cell) => (curves[index]!.knots.at(-1)! * cell) / cells);
  let best = Infinity;
  const walk = (index: number, gain: number, cost: number, drawn: number) => {
    if (drawn > purse + 1e-9 || cost >= best) return;
    if (index === curves.length) {
      if (gain >= need - 1e-9) best = cost;
      return;
    }
    for (const amount of amounts(index)) {
      const taken = curves[index]!.purse === undefined ? 0 : amount;
      walk(
        index + 1,
        gain + at(curves[index]!, "gain", amount),
        cost + at(curves[index]!, "cost", amount),
        drawn + taken,
      );
    }
  };
  walk(0, 0, 0, 0);
  return best;
}

test("no grid of amounts is cheaper, and a fine one comes as near as its own cells allow; within the purse", () => {
  let reached = 0;
  fc.assert(
    fc.property(
      fc.tuple(curve("p"), curve("p"), curve()),
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0.5, max: 9, noNaN: true }),
      (curves, need, purse) => {
        const mix = cheapestMix(curves, need, new Map([["p", purse]]));
        const grid = byGrid(curves, need, purse, 24);
        if (mix === undefined) {
          expect(grid).toBe(Infinity);
          return;
        }
        reached++;
        const gained = mix.amounts.reduce((sum, amount, index) => sum + at(curves[index]!, "gain", amount), 0);
        const paid = mix.amounts.reduce((sum, amount, index) => sum + at(curves[index]!, "cost", amount), 0);
        const drawn = mix.amounts[0]! + mix.amounts[1]!;
        expect(gained).toBeGreaterThanOrEqual(need * (1 - 1e-6));
        expect(drawn).toBeLessThanOrEqual(purse * (1 + 1e-6));
        expect(paid).toBeLessThanOrEqual(mix.cost * (1 + 1e-6) + 1e-6);
        expect(mix.cost).toBeLessThanOrEqual(grid + 1e-6);
      },
    ),
    { numRuns },
  );
  expect(reached).toBeGreaterThan(numRuns / 4);
});

test("worked by hand: the cheap one whole, the dear one for the rest; a short purse makes room for what needs less of it", () => {
  const line = (most: number, gain: number, cost: number, purse?: string): RemedyCurve => ({
    ...{ knots: [0, most], gain: [0, gain * most], cost: [0, cost * most] },
    ...(purse !== undefined && { purse }),
  });
  // 10 units at 1 each gain 10 for 1; the missing 5 at a rate of 2 a unit of gain
  expect(cheapestMix([line(10, 1, 0.1), line(10, 1, 2)], 15, new Map())).toEqual({ amounts: [10, 5], cost: 11 });
  // both out of a purse of 10: a gains 1 a unit for 0, b gains 3 a unit for 3; 14 = a + 3 b, a + b = 10: a 8, b 2
  const mix = cheapestMix([line(20, 1, 0, "p"), line(20, 3, 3, "p")], 14, new Map([["p", 10]]))!;
  expect(mix.amounts[0]).toBeCloseTo(8, 6);
  expect(mix.amounts[1]).toBeCloseTo(2, 6);
  expect(mix.cost).toBeCloseTo(6, 6);
  expect(cheapestMix([line(20, 1, 0, "p")], 14, new Map([["p", 10]]))).toBeUndefined();
});
