import { afterAll, beforeAll, test } from "vitest";
import { type Bench, startBench, undone } from "./testing/bench.ts";
import { rules } from "./testing/rules.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.world.chain.stop());

for (const { name, run } of rules) test(name, () => undone(bench, () => run(bench)));
