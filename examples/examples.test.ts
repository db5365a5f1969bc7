import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (file: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, file), ...args], { encoding: "utf8" });

test("how close am I: the liquidation prices of the worked desk", () => {
  const { status, stdout, stderr } = run("how-close.ts");
  expect([status, stderr]).toEqual([0, ""]);
  // source: normal form, worked example 1
  expect(stdout).toContain("binance:BTCUSDT:mark at 91723.42");
  expect(stdout).toContain("binance:ETHUSDT:mark at 5173.06");
});

test("the least to repay: 30 000 - (10 * 2 500 * 0.83 + 0.2 * 90 000 * 0.78) / 1.45, rounded up to the token unit", () => {
  const { status, stdout } = run("least-repay.ts");
  expect([status, stdout.includes("repay 6006.896552 USDC: health 1.45000000")]).toEqual([0, true]);
  expect(run("least-repay.ts", "9").stdout).toContain("not possible, target-out-of-reach");
});

test("the generated crash takes the book without a guard and spares the one with it, both ways through each bar", () => {
  const { status, stdout } = run("would-this-crash.ts");
  const [, , high, low, , guardedHigh, guardedLow] = stdout.split("\n");
  expect([status, high, low]).toEqual([
    0,
    expect.stringContaining("liquidated"),
    expect.stringContaining("liquidated"),
  ]);
  for (const line of [guardedHigh, guardedLow]) expect(line).toMatch(/alive, [1-9]\d* action/);
});

test("one's own candles are replayed; a file that is none is refused with what to do", () => {
  const rows = ["ts_ms,open,high,low,close,volume"];
  const start = Date.UTC(2026, 0, 1);
  for (const [index, close] of [100, 99, 80, 85].entries())
    rows.push(`${start + index * 60_000},100,100,${close},${close},1`);
  writeFileSync(join(folder, "tape.csv"), `${rows.join("\n")}\n`);
  const played = run("would-this-crash.ts", join(folder, "tape.csv"));
  expect([played.status, played.stderr]).toEqual([0, ""]);
  expect(played.stdout).toContain("tape.csv: 4 candles");
  writeFileSync(join(folder, "bad.csv"), "a,b\n1,2\n");
  const refused = run("would-this-crash.ts", join(folder, "bad.csv"));
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/bad\.csv[\s\S]*\nNext: /)]);
});

test("the list in the README names every example", () => {
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  const files = readdirSync(import.meta.dirname).filter(
    (name) => /\.(yaml|ts)$/.test(name) && !name.includes(".test."),
  );
  expect(files.filter((name) => !readme.includes(`(${name})`))).toEqual([]);
});
