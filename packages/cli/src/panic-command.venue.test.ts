import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fixed } from "@plimsoll/sim/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";
import { type Desk, openDesk } from "./testing/open-desk.ts";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
const logs = () => readdirSync(desk.folder).filter((name) => name.startsWith("panic-"));

test("without --now it shows what it would do; with it everything is closed, and what was done is written down", async () => {
  const { config, folder, held } = desk;
  const before = held();
  expect(before).toBeGreaterThan(0n);
  const shown = await runInTest("panic", "--config", config);
  expect([shown.code, shown.lines.includes("Nothing was sent")]).toEqual([11, true]);
  expect([held(), logs()]).toEqual([before, []]);

  const done = await runInTest("panic", "--config", config, "--now");
  expect([done.code, done.lines.split("\n").at(-1)]).toEqual([0, "Flat: no venue can take anything more."]);
  expect(held()).toBe(0n);
  const [log] = logs();
  expect(readFileSync(join(folder, log!), "utf8")).toContain('"is":"closes"');
  expect(done.lines).not.toContain("shh");
});

test("what a halted venue does not take is printed as left, with exit code 1", async () => {
  const { config, exchange, trade } = desk;
  trade("buy", fixed("0.1"));
  exchange.exchange.run({ type: "mode", mode: "halted" });
  const ran = await runInTest("panic", "--config", config, "--now");
  expect([ran.code, ran.lines]).toEqual([1, expect.stringContaining("Not flat: 1 left.")]);
  expect(ran.lines).toContain("0.100 BTCUSDT");
});

// oxfmt-ignore
test.each([
  ["a slippage that is none",  ["--slippage", "much"],  "'much' is invalid"],
  ["a stranger's account",     ["--account", "other"],  "no account is named other"],
])("%s is refused before anything is opened", async (_case, flags, said) => {
  const ran = await runInTest("panic", "--config", desk.config, "--now", ...flags);
  expect([ran.code, ran.errors]).toEqual([2, expect.stringContaining(said)]);
});
