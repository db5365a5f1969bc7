import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bench, startBench, undone } from "./testing/bench.ts";
import { rules } from "./testing/rules.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.world.chain.stop());

test.each(rules)("$name", async ({ run }) => {
  await expect(undone(bench, () => run(bench))).resolves.toBeUndefined();
});
