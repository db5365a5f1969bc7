import { expect, test } from "vitest";
import { simulate } from "./simulate.ts";

const seeds = Number(process.env["PLIMSOLL_RUNS"] ?? 2_000);
const first = Number(process.env["PLIMSOLL_SEED"] ?? 0) * 1_000_000 + 1;

/** Against `npm run soak:keeper`, which lives as many as one likes. */
test(`${seeds} stories of storm, outage, crash and freeze: no law is broken`, { timeout: 120_000 }, async () => {
  let [effects, lives] = [0, 0];
  for (let seed = first; seed < first + seeds; seed++) {
    const story = await simulate(seed);
    expect(story.broken, `npm run soak:keeper -- --seed ${seed} --seeds 1`).toEqual([]);
    effects += story.effects;
    lives += story.lives;
  }
  // a simulation in which nothing happens proves nothing
  if (seeds >= 500) expect(effects).toBeGreaterThan(seeds / 10);
  expect(lives).toBeGreaterThan(seeds);
});

test("the same seed tells the same story", async () => {
  expect(await simulate(7)).toEqual(await simulate(7));
});
