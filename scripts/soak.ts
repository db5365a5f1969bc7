// npm run soak: the random differential suites, over and over with other seeds, until the time is up.
//   npm run soak                          an hour of all suites, two at a time
//   npm run soak -- --for 5m --only aave  --only takes a part of a suite's name, and can be given again
//   npm run soak -- --seed 7 --at-once 1  the first seed, one at a time; each run of a suite takes the next seed
// Prints a line for each run of a suite and a table at the end; the first difference ends it, with the command that shows it again.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./run.ts";
import { type Ran, runSuite, stopAll } from "./soak-run.ts";
import { type Suite, suites } from "./soak-suites.ts";

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        for: { type: "string", default: "60m" },
        only: { type: "string", multiple: true, default: [""] },
        seed: { type: "string", default: String(Date.now() % 1_000_000) },
        "at-once": { type: "string", default: "2" },
      },
    });
    const [, time = "", unit = ""] = /^(\d+)([smh])$/.exec(values.for) ?? [];
    const forMs = Number(time) * (units[unit as keyof typeof units] ?? Number.NaN);
    const [seed, atOnce] = [Number(values.seed), Number(values["at-once"])];
    const chosen = suites.filter(({ name }) => values.only.some((part) => name.includes(part)));
    if (!(forMs > 0)) throw new Error(`--for ${values.for}: write a time, such as 5m or 1h`);
    if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed ${values.seed}: write a whole number`);
    if (!Number.isSafeInteger(atOnce) || atOnce < 1) throw new Error(`--at-once ${values["at-once"]}: 1, 2, ...`);
    if (chosen.length === 0)
      throw new Error(`--only ${values.only.join()}: the suites are\n  ${suites.map(({ name }) => name).join("\n  ")}`);
    return { forMs, seed, atOnce, chosen };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

/** All that was seen of one suite. */
interface Tally {
  runs: number;
  tests: number;
  /** Examples asked of each property, or steps of a walk, over all runs; 0 of a walk that goes on until it has met enough. */
  asked: number;
  seconds: number;
  /** What walks counted themselves. */
  readonly counted: Map<string, number>;
}

const { forMs, seed, atOnce, chosen } = readOptions();
const started = performance.now();
const elapsed = () => (performance.now() - started) / 1_000;
const tallies = new Map(chosen.map(({ name }) => [name, newTally()]));
const scratch = join(root, ".cache", `soak-${process.pid}`);

function newTally(): Tally {
  return { runs: 0, tests: 0, asked: 0, seconds: 0, counted: new Map() };
}

/** Property runs of a suite grow until one run takes about this long: much shorter is all start-up, much longer starves the others. */
const RUN_SECONDS = 40;
const QUICK_RUNS = 25;
const sizes = new Map<string, number>();
function grow({ name }: Suite, { asked, seconds }: Ran): void {
  sizes.set(name, Math.max(QUICK_RUNS, Math.floor(asked * Math.min(8, RUN_SECONDS / seconds))));
}

let next = 0;
/** The suite that differed, or "stopped" by hand. */
let ended: string | undefined;
async function work(): Promise<void> {
  while (ended === undefined && elapsed() * 1_000 < forMs) {
    const turn = next++;
    const suite = chosen[turn % chosen.length]!;
    const asked = suite.steps?.[1] ?? sizes.get(suite.name) ?? QUICK_RUNS;
    const ran = await runSuite(suite, { seed: seed + turn, asked, scratch: join(scratch, `${turn}.json`) });
    if (ended !== undefined) return;
    if (!ran.passed) {
      ended = suite.name;
      stopAll();
      console.error(
        `${ran.output}\n\ndifference in "${suite.name}", seed ${seed + turn}\nsee it again: ${ran.command}`,
      );
      return;
    }
    if (suite.steps === undefined && suite.project === "unit") grow(suite, ran);
    const tally = tallies.get(suite.name)!;
    const sized = suite.project === "unit" || suite.steps !== undefined;
    add(tally, sized ? ran : { ...ran, asked: 0 });
    console.log(
      `${clock(elapsed())}  ${suite.name}: run ${tally.runs}, seed ${seed + turn}, ${ran.tests} tests` +
        `${sized ? ` of ${asked}` : ""}, 0 differences, ${ran.seconds.toFixed(0)} s`,
    );
  }
}

function add(tally: Tally, { tests, asked, seconds, counted }: Ran): void {
  tally.runs++;
  tally.tests += tests;
  tally.asked += asked;
  tally.seconds += seconds;
  for (const [what, count] of counted) tally.counted.set(what, (tally.counted.get(what) ?? 0) + count);
}

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function tableText(): string {
  const row = (name: string, ...cells: readonly (string | number)[]) =>
    `${name.padEnd(36)}${cells.map((cell) => `${cell}`.padStart(10)).join("")}`;
  const lines = [...tallies].map(([name, { runs, tests, asked, seconds, counted }]) => {
    const seen = [...counted].map(([what, count]) => `${what} ${count}`).join(", ");
    return `${row(name, runs, tests, asked, Math.round(seconds), ended === name ? 1 : 0)}${seen === "" ? "" : `\n    ${seen}`}`;
  });
  return [row("suite", "runs", "tests", "examples", "seconds", "differ"), ...lines].join("\n");
}

process.on("SIGINT", () => {
  ended ??= "stopped";
  stopAll();
});
mkdirSync(scratch, { recursive: true });
console.log(`${chosen.length} suites, ${atOnce} at a time, for ${clock(forMs / 1_000)}, seed ${seed}`);
await Promise.all(Array.from({ length: atOnce }, work));
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${tableText()}`);
const unseen = [...tallies].filter(([, { runs }]) => runs === 0).map(([name]) => name);
if (unseen.length > 0) console.log(`not run in this time: ${unseen.join("; ")}`);
if (ended === undefined) console.log(`${clock(elapsed())}, 0 differences`);
process.exitCode = ended === undefined ? 0 : 1;
