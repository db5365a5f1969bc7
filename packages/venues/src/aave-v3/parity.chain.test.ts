import { expect, test } from "vitest";
import { required, walk } from "./testing/index.ts";

/** What one run must have met; `npm run soak:aave` goes on to thousands. */
const states = 300;
const liquidations = 60;
const most = 5_000;

const seed = Number(process.env["PLIMSOLL_SEED"] ?? Date.now() % 1e9);

test("engine and contracts agree to the last unit in every field, over random public calls", async () => {
  console.log(`aave-v3 parity: PLIMSOLL_SEED=${seed}`);
  const coverage = await walk({
    seed,
    steps: most,
    enough: (seen) =>
      seen.states >= states && seen.liquidations >= liquidations && required.every((situation) => seen[situation] > 0),
  });
  console.log(JSON.stringify(coverage));
  expect(coverage.states).toBeGreaterThanOrEqual(states);
  expect(coverage.liquidations).toBeGreaterThanOrEqual(liquidations);
  expect(required.filter((situation) => coverage[situation] === 0)).toEqual([]);
});
