import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RateBudget } from "./index.ts";

const limit = { weight: 100, windowMs: 60_000, reserved: 0.4, by: "address" } as const;

/** A budget on a clock that only sleeping moves. */
function virtual() {
  let now = 1_000_000;
  const budget = new RateBudget(
    limit,
    () => now,
    async (forMs) => void (now += forMs),
  );
  return { budget, now: () => now };
}

test("readings leave the reserved share alone, protection may use it", async () => {
  const { budget, now } = virtual();
  const start = now();
  for (let each = 0; each < 6; each++) await budget.admit({ weight: 10, purpose: "read" });
  expect(now()).toBe(start);
  expect(budget.waitFor(1, "read")).toBe(60_000);
  expect(budget.waitFor(40, "protect")).toBe(0);
  expect(budget.waitFor(41, "protect")).toBe(60_000);
  await budget.admit({ weight: 10, purpose: "read" });
  expect(now()).toBe(start + 60_000);
});

test("after the venue said that its limit was passed nothing goes for a while, not even protection", async () => {
  const { budget, now } = virtual();
  const start = now();
  budget.rest(30_000);
  expect(budget.waitFor(1, "protect")).toBe(30_000);
  await budget.admit({ weight: 1, purpose: "protect" });
  expect(now()).toBe(start + 30_000);
});

test("what is left for messages that act, counted down to whole ones; nothing while the venue refuses everything", async () => {
  const { budget, now } = virtual();
  expect(budget.spending()).toEqual({ by: "address", most: 50, spent: 0, windowMs: 60_000 });
  await budget.admit({ weight: 41, purpose: "read" });
  // 41 of 100 leave 59: 29 messages of two calls each
  expect(budget.spending()).toMatchObject({ most: 50, spent: 21 });
  budget.rest(30_000);
  expect(budget.spending()).toMatchObject({ spent: 50 });
  await budget.admit({ weight: 1, purpose: "protect" });
  expect(now()).toBe(1_030_000);
  expect(new RateBudget({ ...limit, acting: 24 }, now).spending()).toMatchObject({ most: 4, spent: 0 });
});

test("a call heavier than the share is not starved: it goes when nothing else is counted", async () => {
  const { budget } = virtual();
  await budget.admit({ weight: 500, purpose: "read" });
  expect(budget.waitFor(1, "read")).toBe(60_000);
});

test("in no window more is spent than the venue takes, and readings never touch the reserve", async () => {
  const calls = fc.array(
    fc.record({
      weight: fc.integer({ min: 1, max: 40 }),
      purpose: fc.constantFrom("read" as const, "protect" as const),
    }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(calls, async (costs) => {
      const { budget, now } = virtual();
      const sent: { at: number; weight: number; purpose: string }[] = [];
      for (const cost of costs) {
        await budget.admit(cost);
        sent.push({ at: now(), ...cost });
      }
      for (const [index, { at, purpose }] of sent.entries()) {
        const window = sent.slice(0, index + 1).filter((each) => each.at > at - limit.windowMs);
        const used = window.reduce((sum, { weight }) => sum + weight, 0);
        expect(used).toBeLessThanOrEqual(purpose === "protect" ? 100 : 60);
      }
    }),
  );
});
