import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { binOf, root } from "./run.ts";
import type { Suite } from "./soak-suites.ts";

export interface Ran {
  readonly passed: boolean;
  /** Tests that passed. */
  readonly tests: number;
  readonly asked: number;
  readonly seconds: number;
  /** What the walks counted and printed as a line of JSON, such as steps and liquidations. */
  readonly counted: ReadonlyMap<string, number>;
  readonly output: string;
  /** Shows the same again. */
  readonly command: string;
}

/** A run that takes longer hangs, and that is a finding too. */
const MOST_MS = 20 * 60_000;
const running = new Set<ChildProcess>();

/** Ends every run that is under way. */
export function stopAll(): void {
  for (const child of running) child.kill("SIGTERM");
}

/** One run of a suite in a process of its own, all that is random in it drawn from one seed. A run in which no test ran has not passed. */
export async function runSuite(
  { project, files, only, steps }: Suite,
  { seed, asked, scratch }: { readonly seed: number; readonly asked: number; readonly scratch: string },
): Promise<Ran> {
  const settings = { PLIMSOLL_SEED: `${seed}`, [steps?.[0] ?? "PLIMSOLL_RUNS"]: `${asked}` };
  const args = [
    "run",
    "--project",
    project,
    ...(only === undefined ? [] : ["-t", only]),
    "--testTimeout",
    `${MOST_MS}`,
  ];
  const said = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const quoted = args.map((arg) => (arg.includes(" ") ? `"${arg}"` : arg));
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${scratch}`, "--maxWorkers=1"];
  const from = performance.now();
  const { code, output } = await outputOf([...args, ...reporters, ...files], settings);
  const report = existsSync(scratch)
    ? (JSON.parse(readFileSync(scratch, "utf8")) as { readonly numPassedTests: number })
    : { numPassedTests: 0 };
  return {
    passed: code === 0 && report.numPassedTests > 0,
    tests: report.numPassedTests,
    asked,
    seconds: (performance.now() - from) / 1_000,
    counted: countedIn(output),
    output: output.split("\n").slice(-80).join("\n"),
    command: `${said.join(" ")} npx vitest ${quoted.join(" ")} ${files.join(" ")}`,
  };
}

function outputOf(
  args: readonly string[],
  settings: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [binOf("vitest"), ...args], {
      cwd: root,
      env: { ...process.env, ...settings, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: MOST_MS,
    });
    running.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => void (output += chunk));
    child.on("close", (code) => {
      running.delete(child);
      resolve({ code, output });
    });
  });
}

/** Sums of the lines that are a JSON object of numbers, or of such objects. */
function countedIn(output: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const add = (counts: object): void => {
    for (const [what, count] of Object.entries(counts) as [string, unknown][]) {
      if (typeof count === "number") sums.set(what, (sums.get(what) ?? 0) + count);
      else if (typeof count === "object" && count !== null) add(count);
    }
  };
  for (const line of output.split("\n").filter((each) => each.startsWith("{") && each.endsWith("}")))
    add(readLine(line));
  return sums;
}

function readLine(line: string): object {
  try {
    return JSON.parse(line) as object;
  } catch {
    return {};
  }
}
