import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
// under the repository, so that its packages are found
const house = join(root, ".cache", `new-venue-${process.pid}`);
const venues = join(house, "packages/venues/src");
const make = (name: string) =>
  spawnSync(process.execPath, [join(root, "scripts/new-venue.ts"), name, house], { encoding: "utf8" });

beforeAll(() => {
  mkdirSync(venues, { recursive: true });
  cpSync(join(import.meta.dirname, "index.ts"), join(venues, "index.ts"));
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

test("a new venue is a folder and a line, and its conformance suite runs and fails at once", () => {
  expect(make("my-venue").status).toBe(0);
  expect(readFileSync(join(venues, "index.ts"), "utf8")).toMatch(/VenueModule\[\] = \[[^\]]*\bmyVenue,?\s*\];/);
  writeFileSync(
    join(house, "vitest.config.ts"),
    'export default { test: { include: ["packages/*/src/**/*.test.ts"] } };',
  );
  const report = join(house, "report.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const run = spawnSync(
    process.execPath,
    [vitest, "run", "--root", house, "--reporter=json", `--outputFile=${report}`],
    {
      encoding: "utf8",
      env: { ...process.env, PLIMSOLL_RUNS: "5" },
    },
  );
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
  expect(run.status).toBe(1);
  // bodies and purity hold already; nothing that needs a figure does
  expect(numFailedTests).toBeGreaterThan(10);
  expect(numPassedTests).toBeGreaterThan(3);
});

test.each(["My Venue", "", "../elsewhere", "9lives"])('"%s" is no name of a venue', (name) => {
  const run = make(name);
  expect([run.status, run.stderr]).toEqual([2, expect.stringContaining("is no name of a venue")]);
});

test("a venue that exists is not written over", () => {
  expect(make("my-venue")).toMatchObject({ status: 2, stderr: expect.stringContaining("exists already") as string });
});
