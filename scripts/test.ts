// npm test: everything, stopping at the first failure with its name. --fast: what every change needs (types, lint, unit).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildWeb } from "./build.ts";
import { binOf, root, step } from "./run.ts";

const fast = process.argv.includes("--fast");
const report = join(root, ".cache", "test-report.json");

step("lock file complete", join(root, "scripts/lock.ts"), []);
step("format", binOf("oxfmt"), ["--check", "."]);
step("lint", binOf("oxlint"), ["--type-aware", "--deny-warnings", "packages", "scripts", "examples", "bench"]);
step("types", binOf("typescript", "tsc"), ["-p", "."]);
step("types of core", binOf("typescript", "tsc"), ["-p", "packages/core"]);
step("types of web", binOf("typescript", "tsc"), ["-p", "packages/web"]);

const totals = { passed: 0, failed: 0 };

/** Runs vitest projects and adds their counts to the totals. */
function vitest(name: string, projects: readonly string[]): void {
  const chosen = projects.flatMap((project) => ["--project", project]);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  step(name, binOf("vitest"), ["run", ...chosen, ...reporters]);
  const counted = JSON.parse(readFileSync(report, "utf8")) as { numPassedTests: number; numFailedTests: number };
  totals.passed += counted.numPassedTests;
  totals.failed += counted.numFailedTests;
}

vitest("unit tests", ["unit"]);
if (!fast) {
  await buildWeb();
  vitest("store tests", ["db"]);
  vitest("venue tests", ["venue"]);
  vitest("keeper tests", ["keeper"]);
  vitest("chain tests", ["chain"]);
  vitest("browser tests", ["browser"]);
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
