import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Book } from "@plimsoll/server/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "./files/config-file.ts";
import { runInTest } from "./run-in-test.ts";

const example = join(import.meta.dirname, "../../../examples/announced.yaml");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-notices-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The example with something else in its place. */
function book(from = "", to = ""): string {
  const file = join(folder, "book.yaml");
  const text = readFileSync(example, "utf8");
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return file;
}

// source: 10 WETH at 3000, 19 000 USDC owed: 30 000 x 0.83, 0.78, 0.63 / 19 000, worked by hand
test("what is announced is said with its date, its source and what it does to the account, in words and as data", async () => {
  const { lines, code } = await runInTest("check", example);
  expect(code).toBe(10);
  expect(lines).toContain("2026-12-01 00:00:00 UTC: watch becomes act, health 1.310 becomes 1.231");
  expect(lines).toContain(
    "reserves/WETH/liquidationThreshold 7800 becomes 6300 (told by you: https://governance.example/proposal/2)",
  );
  const { accounts } = JSON.parse((await runInTest("check", example, "--json")).lines) as Book;
  expect(accounts[0]?.coming?.map(({ danger, worsens, touches, due }) => [danger, worsens, touches, due])).toEqual([
    ["act", true, true, false],
    ["liquidatable", true, true, false],
  ]);
  const healths = accounts[0]?.coming?.map(({ lines: all }) => all.find(({ name }) => name === "maintenance"));
  expect(healths?.map((line) => [line?.before, line?.after].map((text) => Number(text).toFixed(9)))).toEqual([
    [(24_900 / 19_000).toFixed(9), (23_400 / 19_000).toFixed(9)],
    [(24_900 / 19_000).toFixed(9), (18_900 / 19_000).toFixed(9)],
  ]);
});

test("--pending lets the exit code count what is coming; --at makes what is past due", async () => {
  expect((await runInTest("check", example, "--pending", "--quiet")).code).toBe(13);
  const { lines } = await runInTest("check", example, "--at", "2026-12-02");
  expect(lines).toContain("due since 2026-12-01 00:00:00 UTC and not yet seen in its rules: watch becomes act");
  expect((await runInTest("check", example, "--at", "tomorrow")).errors).toContain("write a date");
});

// oxfmt-ignore
test.each([
  ["a date that is none",        "on: 2026-12-01",              "on: soon",                     "book.yaml:15:9 notices[0].on: not a date"],
  ["a venue that is not there",  "    venue: aave-v3\n    becomes: { reserves/WETH/liquidationThreshold: 7800", "    venue: binance\n    becomes: { reserves/WETH/liquidationThreshold: 7800", "no rules of binance are known"],
  ["a slip of the pen",          "liquidationThreshold: 6300",  "liquidationTreshold: 6300",    "terms/no-such-parameter: path reserves/WETH/liquidationTreshold"],
  ["a percentage",               "ltv: 7500",                   "ltv: 75%",                     "terms/not-such-a-value: path reserves/WETH/ltv, value 75%, now 8050"],
  ["nothing that changes",       "{ reserves/WETH/liquidationThreshold: 7800, reserves/WETH/ltv: 7500 }", "{}", "write at least one parameter"],
  ["no source",                  "    source: https://governance.example/proposal/2\n", "",      "notices[1].source"],
])("a notice with %s is refused at its place", async (_case, from, to, said) => {
  const { code, errors } = await runInTest("check", book(from, to));
  expect(code).toBe(2);
  expect(errors).toContain(said);
});

test("a config takes notices of symbols that only the venue lists, and refuses what no document could have", () => {
  const config = (becomes: string) => {
    const file = join(folder, "config.yaml");
    writeFileSync(
      file,
      `plimsoll: config/1\naccounts:\n  - { name: loan, venue: aave-v3, rpc: "http://127.0.0.1:1", chainId: 1, user: "0x${"1".repeat(40)}", timelocks: ["0x${"2".repeat(40)}"] }\nnotices:\n  - { on: 2026-12-01, venue: binance, becomes: { ${becomes} }, source: the venue's page }\n`,
    );
    return readConfig(file, {}, {});
  };
  const taken = config("symbols/DOGEUSDT/takerFee: 0.001");
  if (!taken.ok) throw new Error(taken.failure.facts["detail"]);
  expect(taken.value.notices).toEqual([
    {
      ...{ at: Date.UTC(2026, 11, 1), venue: "binance", source: "the venue's page", how: "notice" },
      changes: [{ path: "symbols/DOGEUSDT/takerFee", to: "0.001" }],
    },
  ]);
  expect(taken.value.config.termsEvery).toBe(3_600_000);
  for (const wrong of ["symbol/DOGEUSDT/takerFee: 0.001", "symbols/BTCUSDT/takerFee: free", "takerFee: 0.001"])
    expect([wrong, config(wrong).ok]).toEqual([wrong, false]);
});
