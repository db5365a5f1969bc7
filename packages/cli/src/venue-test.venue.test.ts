// The command's whole path: live, recorded and replayed. The figures of the simulated exchange prove nothing about the venue:
// what does are recordings of real accounts, read by the same path.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";
import { openDeskExchange } from "./testing/desk-exchange.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-venue-"));
const [config, recording, damaged] = ["plimsoll.yaml", "binance.jsonl", "damaged.jsonl"].map((name) =>
  join(folder, name),
);
let exchange: RunningExchange;

beforeAll(async () => {
  exchange = await openDeskExchange([{ account: "desk", key: "the-key", secret: "the-secret" }]);
  writeFileSync(join(folder, "key"), "the-key", { mode: 0o600 });
  writeFileSync(join(folder, "secret"), "the-secret", { mode: 0o600 });
  writeFileSync(
    config!,
    `plimsoll: config/1
dataDir: ${folder}
accounts:
  - name: desk
    venue: binance
    localPort: ${exchange.port}
    keys: { read: { key: { file: ${folder}/key }, secret: { file: ${folder}/secret } } }
`,
  );
});
afterAll(async () => {
  await exchange.stop();
  rmSync(folder, { recursive: true });
});

test("an account is compared and recorded; its recording compares alike once the venue is gone", async () => {
  const live = await runInTest("venue", "test", "binance", "--config", config!, "--record", recording!);
  expect(live.errors).toBe("");
  expect(live.lines).toMatch(/BTCUSDT:BOTH +maintenance margin .* same/);
  expect(live.lines).toMatch(/2 figures: \d the same, \d within the venue's rounding, 0 not ours/);
  expect(live.code).toBe(0);
  expect(readFileSync(recording!, "utf8")).not.toMatch(/the-key|the-secret|signature/);
  await exchange.stop();
  const again = await runInTest("venue", "test", "binance", "--recording", recording!);
  expect(again).toEqual(live);
});

test("a tier table that is one rate off trips it", async () => {
  const wrong = readFileSync(recording!, "utf8").replaceAll(
    /(\\"maintMarginRatio\\":)([\d.]+)/g,
    (_, name: string, rate: string) => `${name}${(Number(rate) + 0.001).toFixed(6)}`,
  );
  // every rate a tenth of a percent higher: steps and amounts fit, so that nothing but the comparison can notice
  expect(wrong).not.toBe(readFileSync(recording!, "utf8"));
  writeFileSync(damaged!, wrong);
  const tested = await runInTest("venue", "test", "binance", "--recording", damaged!);
  expect(tested).toMatchObject({ code: 1, errors: "" });
  expect(tested.lines).toMatch(/BTCUSDT:BOTH +maintenance margin .* differs/);
  expect(tested.lines).toMatch(/BTCUSDT:BOTH +liquidation price .* differs/);
  expect(tested.lines).toContain("2 not ours");
});

test.each([
  [["venue", "test", "binance"], /add --config FILE, or --recording FILE/],
  [["venue", "test", "binance", "--recording", "nowhere.jsonl"], /nowhere\.jsonl/],
  [["venue", "test", "sky", "--recording", "nowhere.jsonl"], /sky has no recordings/],
])("%j says what is missing", async (args, message) => {
  const { code, errors } = await runInTest(...args);
  expect([code, errors]).toEqual([2, expect.stringMatching(message)]);
});
