// npm test: everything, stopping at the first failure with its name. --fast: what every change needs (types, lint, unit).
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildWeb } from "./build.ts";
import { attempt, binOf, root, step } from "./run.ts";

const fast = process.argv.includes("--fast");
// The quick property count of everyday; the whole run leaves each property its own.
if (fast) process.env["PLIMSOLL_RUNS"] ??= "25";
const report = join(root, ".cache", "test-report.json");

step("lock file complete", join(root, "scripts/lock.ts"), []);
step("format", binOf("oxfmt"), ["--check", "."]);
step("page of the venues", join(root, "scripts/venues-doc.ts"), []);
// One reading of the program serves the rules and the compiler's own errors; each file is held to the tsconfig nearest to it.
step("lint and types", binOf("oxlint"), [
  ...["--type-aware", "--type-check", "--deny-warnings"],
  ...["packages", "scripts", "examples", "bench", "vitest.config.ts", "oxlint.config.ts"],
]);

interface Counts {
  numPassedTests: number;
  numFailedTests: number;
}
const totals = { passed: 0, failed: 0 };

/** Runs vitest projects and adds their counts to the totals; a failure ends here, with the totals as the last line. */
function vitest(name: string, projects: readonly string[]): void {
  rmSync(report, { force: true });
  const chosen = projects.flatMap((project) => ["--project", project]);
  const passed = attempt(name, binOf("vitest"), [
    "run",
    ...chosen,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const counted = existsSync(report)
    ? (JSON.parse(readFileSync(report, "utf8")) as Counts)
    : { numPassedTests: 0, numFailedTests: 1 };
  totals.passed += counted.numPassedTests;
  totals.failed += counted.numFailedTests;
  if (passed) return;
  console.error(`plimsoll: ${name} failed`);
  console.log(`${totals.passed} passed, ${Math.max(1, totals.failed)} failed`);
  process.exit(1);
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
