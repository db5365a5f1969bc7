import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

export const root = dirname(import.meta.dirname);

/** The program behind an npm package's bin, so that the project's node runs it whatever the host has. */
export function binOf(name: string, bin = name): string {
  const folder = join(root, "node_modules", name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    bin?: string | Record<string, string>;
  };
  const path = typeof manifest.bin === "string" ? manifest.bin : manifest.bin?.[bin];
  if (path === undefined || !existsSync(join(folder, path)))
    throw new Error(`${name} has no program ${bin}: run npm ci`);
  return join(folder, path);
}

/** Runs one step in the foreground and says how long it took; answers whether it passed. */
export function attempt(name: string, script: string, args: readonly string[]): boolean {
  const started = performance.now();
  console.log(`\n> ${name}`);
  const run = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
  console.log(`  ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return run.status === 0;
}

/** Runs one step; a failure ends this process with the step's name. */
export function step(name: string, script: string, args: readonly string[]): void {
  if (attempt(name, script, args)) return;
  console.error(`plimsoll: ${name} failed`);
  process.exit(1);
}

/** All files under a folder, sorted, without what is installed or built. */
export function filesUnder(folder: string): readonly string[] {
  const skipped = new Set(["node_modules", "dist", ".cache"]);
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (skipped.has(entry.name)) return [];
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    });
}
