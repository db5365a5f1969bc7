import { expect, test } from "vitest";
import { interleave, ratioOf, spreadOf } from "./harness.ts";

/** Contenders on a clock of their own: each run takes the next of the given microseconds. */
function scripted(script: Readonly<Record<string, { readonly units: number; readonly takes: readonly number[] }>>) {
  let now = 0;
  const order: string[] = [];
  const contenders = Object.entries(script).map(([name, { units, takes }]) => {
    const left = [...takes];
    const run = () => {
      order.push(name);
      now += left.shift()!;
      return left.length;
    };
    return { name, units, run };
  });
  return { contenders, order, clock: () => now };
}

test("contenders run by turns; rounds of warming up are not counted; times are per unit", async () => {
  const { contenders, order, clock } = scripted({
    a: { units: 10, takes: [500, 20, 40, 30] },
    b: { units: 1, takes: [500, 8, 2, 6] },
  });
  const [a, b] = await interleave(contenders, { rounds: 3, warmUp: 1, clock });
  expect(order.join("")).toBe("abababab");
  expect(a).toEqual({ name: "a", micros: [2, 4, 3], answers: [2, 1, 0] });
  expect(b?.micros).toEqual([8, 2, 6]);
  // round by round 8/2, 2/4, 6/3: not the ratio of the medians
  expect(ratioOf(a!, b!)).toEqual({ median: 2, min: 0.5, max: 4 });
});

test("a promise is waited for before the next contender starts", async () => {
  const order: string[] = [];
  const slow = { name: "slow", units: 1, run: async () => (await Promise.resolve(), order.push("slow")) };
  const quick = { name: "quick", units: 1, run: () => order.push("quick") };
  await interleave([slow, quick], { rounds: 2, warmUp: 0, clock: () => 0 });
  expect(order).toEqual(["slow", "quick", "slow", "quick"]);
});

// oxfmt-ignore
test.each([
  [[3], 3, 3, 3],
  [[9, 1, 5], 5, 1, 9],
  [[10, 2, 4, 100], 7, 2, 100],
] as const)("of %j the median is %d", (values, median, min, max) => {
  expect(spreadOf(values)).toEqual({ median, min, max });
});

test("no rounds have no median", () => {
  expect(() => spreadOf([])).toThrow("no rounds");
});
