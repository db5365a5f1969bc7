import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { demoBook } from "./plan-command.ts";
import { runInTest } from "./run-in-test.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-arm-"));
const [book, written] = [join(folder, "book.yaml"), join(folder, "guard.yaml")];
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => copyFileSync(demoBook, book));

const NAME = "repay before the loan is taken";
const text = () => readFileSync(book, "utf8");
/** Digits stand in groups of three, with a narrow space between. */
const plain = (lines: string) => lines.replaceAll("\u202F", " ");

async function add(...lines: readonly string[]) {
  writeFileSync(written, ["protects: desk", ...lines].join("\n"));
  return runInTest("guard", "add", book, "--from", written);
}
async function arm(name: string, ...more: readonly string[]) {
  const { code, lines, errors } = await runInTest("guard", "arm", book, name, ...more);
  return { code, errors, lines: plain(lines) };
}

/** Hourly candles from a moment on, each flat at a price. */
function candles(file: string, ...prices: readonly number[]): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  const rows = prices.map((price, hour) => `${Date.UTC(2025, 9, 10, hour)},${price},${price},${price},${price},1`);
  writeFileSync(path, ["ts_ms,open,high,low,close,volume", ...rows].join("\n"));
  return path;
}

// oxfmt-ignore
test.each([
  ["that it waits for",        ["name: late", 'when: { quote: "binance:BTCUSDT:mark", atOrBelow: 90000 }', "target: { reduce: 100% }", "do: [{ reduce: BTCUSDT, slippage: 1% }]"], /90000 lies beyond the liquidation price 917\d\d/],
  ["that lies at the venue",   ["name: late", "when: { healthBelow: 5 }", "target: notice", "stops: [{ stop: BTCUSDT, at: 90000 }]"],                                              /trigger 90000, liquidation 917\d\d/],
])("a stop %s beyond the liquidation is refused with both prices, and the file stays", async (_case, guard, numbers) => {
  const before = text();
  const added = await add(...guard);
  expect([added.errors, text()]).toEqual([expect.stringMatching(numbers), before]);
  expect(added.code).not.toBe(0);
  expect(added.errors).toMatch(/^Next: /m);
});

test("a stop that the liquidation came before after it was added is refused when it is armed, also with its hash", async () => {
  expect(
    (await add("name: floor", "when: { healthBelow: 5 }", "target: notice", "stops: [{ stop: BTCUSDT, at: 92500 }]"))
      .code,
  ).toBe(0);
  const [, hash] = /--confirm ([0-9a-f]{12})$/m.exec((await arm("floor")).lines)!;
  writeFileSync(book, text().replace("USDT: 40000", "USDT: 20000"));
  const before = text();
  for (const more of [[], ["--confirm", hash!]]) {
    const refused = await arm("floor", ...more);
    expect([refused.code, refused.errors, text()]).toEqual([
      1,
      expect.stringMatching(/trigger 92500, liquidation 95\d\d\d/),
      before,
    ]);
  }
});

test("the stops that it will place are named with venue, size and price", async () => {
  await add("name: floor", "when: { healthBelow: 5 }", "target: notice", "stops: [{ stop: BTCUSDT, at: 95000 }]");
  const { lines } = await arm("floor");
  expect(lines).toMatch(
    /desk at binance: stop at the venue: sell 5 BTCUSDT, reduce only, at market, mark price at or below 95 000/,
  );
  expect(lines).toContain("orders not read");
  expect((await arm(NAME)).lines).toContain("Places nothing at a venue.");
});

test("without a history the built-in path is said to be one", async () => {
  const { lines } = await arm(NAME);
  expect(lines).toContain("No history of this book: over the built-in path");
  expect(lines).toContain("prices x 0.88, held 5 s: fires");
});

test("over candles it says which, from when to when, what would have been lost, and what it would have done", async () => {
  // 30,000 of debt at health 1.35 die under x 0.741 of ether and bitcoin together
  const path = candles("both/ETHUSDT.csv", 4_000, 3_500, 3_000, 2_600, 3_000);
  candles("both/BTCUSDT.csv", 100_000, 90_000, 75_000, 65_000, 75_000);
  const ether = await arm(NAME, "--history", path);
  expect(ether.lines).toContain("Over candles of ETHUSDT.csv, 2025-10-10 00:00:00 UTC to 2025-10-10 05:00:00 UTC");
  expect(ether.lines).toContain("these prices stood still: aave-v3:ethereum:WBTC:oracle");
  const both = await arm(NAME, "--history", dirname(path));
  expect([both.code, both.errors]).toEqual([0, ""]);
  expect(both.lines).toContain("candles of BTCUSDT.csv, ETHUSDT.csv");
  expect(both.lines).toMatch(/without it: liquidated \d+ times?, first 2025-10-10 0[34]:/);
  expect(both.lines).toMatch(/armed: not liquidated; acts \d+ times?; lowest health 1\./);
  expect(both.lines).toMatch(/2025-10-10 0[23]:\d\d:\d\d UTC: repay [\d .]+ USDC, /);
  expect(both.lines).not.toContain("built-in");
});

// oxfmt-ignore
test.each([
  ["no file",                  join(folder, "none.csv"),                     "none.csv"],
  ["a name that says no coin", candles("prices.csv", 1, 2),                  "its name does not say which price"],
  ["no candles",               candles("BTCUSD-one.csv", 1),                 "has 1 candles"],
])("a history of %s is refused", async (_case, path, said) => {
  const refused = await arm(NAME, "--history", path);
  expect([refused.code !== 0, refused.errors]).toEqual([true, expect.stringContaining(said)]);
});
