import { expect, test } from "vitest";
import { fuzzGuardian } from "./testing/fuzz.ts";
import { scoreMutants } from "./testing/mutation.ts";

const calls = Math.max(1_000, Number(process.env["PLIMSOLL_RUNS"] ?? 5_000));
const seed = BigInt(process.env["PLIMSOLL_SEED"] ?? 1);

test("whatever is thrown at it, a position gets better within its bounds or nothing happens", async () => {
  const { broken, rescues, reserves, closes, refusals, ...counted } = await fuzzGuardian(calls, seed);
  expect(broken, `seed ${seed}`).toEqual({});
  expect(counted.calls).toBeGreaterThanOrEqual(calls);
  expect(rescues).toBeGreaterThan(calls / 20);
  expect(Math.min(reserves, closes)).toBeGreaterThan(calls / 500);
  expect(Object.keys(refusals).length).toBeGreaterThan(5);
});

// A sample of those that `npm run soak:guardian` takes away one by one.
test("a bound that is taken away is missed", async () => {
  const scored = await scoreMutants((place) => place % 16 === 5);
  expect(scored.filter(({ killedBy }) => killedBy === undefined).map(({ name }) => name)).toEqual([]);
  expect(scored.length).toBeGreaterThan(7);
});
