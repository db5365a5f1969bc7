import { expect, test } from "vitest";
import { required, walk } from "./testing/index.ts";

/** Steps of one run; PLIMSOLL_RUNS=10000 makes it a soak. */
const steps = Number(process.env["PLIMSOLL_RUNS"] ?? 600);
const seed = Number(process.env["PLIMSOLL_SEED"] ?? Date.now() % 1e9);
/** More than any step has needed. */
const msPerStep = 400;

test(
  "engine and contract agree to the last unit in every field, over random public calls",
  async () => {
    console.log(`morpho-blue parity: PLIMSOLL_SEED=${seed}`);
    const coverage = await walk(seed, steps);
    console.log(JSON.stringify(coverage));
    expect(required.filter((situation) => (coverage[situation] ?? 0) === 0)).toEqual([]);
  },
  Math.max(240_000, steps * msPerStep),
);
