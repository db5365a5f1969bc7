import { expect, test } from "vitest";
import { walk } from "./testing/index.ts";

/** What one run must have met of the contracts of release 3.0; `npm run soak:aave -- --rules v3.0` goes on to thousands. */
const states = 100;
const liquidations = 8;
const required = ["eMode", "ltvZero", "severalDebts"] as const;
const most = 3_000;

const seed = Number(process.env["PLIMSOLL_SEED"] ?? Date.now() % 1e9);

test("engine and contracts of release 3.0 agree to the last unit in every field, over random public calls", async () => {
  console.log(`aave-v3 release 3.0 parity: PLIMSOLL_SEED=${seed}`);
  const coverage = await walk({
    seed,
    rules: "v3.0",
    steps: most,
    enough: (seen) =>
      seen.states >= states && seen.liquidations >= liquidations && required.every((situation) => seen[situation] > 0),
  });
  expect(coverage.states).toBeGreaterThanOrEqual(states);
  expect(coverage.liquidations).toBeGreaterThanOrEqual(liquidations);
  expect(required.filter((situation) => coverage[situation] === 0)).toEqual([]);
});
