import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { mutants } from "./mutants.ts";

const soak = fileURLToPath(new URL("../../../../../scripts/soak-keeper.ts", import.meta.url));
const SEEDS = 2_000;

/** The simulation with a bug in the sources: exit code and what it said. */
const soakWith = (name: string) =>
  new Promise<{ readonly code: number; readonly said: string }>((resolve) => {
    const args = [soak, "--seed", "1", "--seeds", String(SEEDS), "--mutant", name];
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, said: stdout + stderr }),
    );
  });

const names = mutants.map(({ name }) => name);

test.concurrent.each(names)(`within ${SEEDS} stories it is found: %s`, async (name) => {
  const { code, said } = await soakWith(name);
  expect([code, said]).toEqual([1, expect.stringContaining(" breaks:\n")]);
});

test("there are at least ten of them, each in another place", () => {
  expect(names.length).toBeGreaterThanOrEqual(10);
  expect(new Set(mutants.map(({ file, from }) => `${file} ${from}`)).size).toBe(mutants.length);
});
