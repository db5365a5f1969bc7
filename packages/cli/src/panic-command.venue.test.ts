import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { runInTest } from "./run-in-test.ts";
import { openDeskExchange } from "./testing/desk-exchange.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-panic-"));
const config = join(folder, "plimsoll.yaml");
let exchange: RunningExchange;

beforeAll(async () => {
  exchange = await openDeskExchange([{ account: "desk", key: "trader", secret: "shh" }]);
  writeFileSync(
    config,
    `plimsoll: config/1
dataDir: ${folder}
accounts: [{ name: desk, venue: binance, localPort: ${exchange.port}, keys: { read: { key: { env: K }, secret: { env: S } }, trade: { key: { env: K }, secret: { env: S } } } }]
`,
  );
});
beforeEach(() => {
  vi.stubEnv("K", "trader");
  vi.stubEnv("S", "shh");
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await exchange.stop();
  rmSync(folder, { recursive: true });
});
const held = () => [...exchange.exchange.state.accounts.get("desk")!.positions.values()].map(({ size }) => size);
const logs = () => readdirSync(folder).filter((name) => name.startsWith("panic-"));

test("without --now it shows what it would do; with it everything is closed, and what was done is written down", async () => {
  const before = held();
  expect(before.length).toBeGreaterThan(0);
  const shown = await runInTest("panic", "--config", config);
  expect([shown.code, shown.lines.includes("Nothing was sent")]).toEqual([11, true]);
  expect([held(), logs()]).toEqual([before, []]);

  const done = await runInTest("panic", "--config", config, "--now");
  expect([done.code, done.lines.split("\n").at(-1)]).toEqual([0, "Flat: no venue can take anything more."]);
  expect(held()).toEqual([]);
  const [log] = logs();
  expect(existsSync(join(folder, log!)) && readFileSync(join(folder, log!), "utf8")).toContain('"is":"closes"');
  expect(done.lines).not.toContain("shh");
});

test("what a halted venue does not take is printed as left, with exit code 1", async () => {
  exchange.exchange.run({
    type: "order",
    account: "desk",
    order: {
      ...{ symbol: "BTCUSDT", side: "buy", positionSide: "BOTH", type: "MARKET", timeInForce: "GTC", price: 0n },
      ...{ size: fixed("0.1"), reduceOnly: false, clientId: "" },
    },
  });
  exchange.exchange.run({ type: "mode", mode: "halted" });
  const ran = await runInTest("panic", "--config", config, "--now");
  expect([ran.code, ran.lines]).toEqual([1, expect.stringContaining("Not flat: 1 left.")]);
  expect(ran.lines).toContain("0.100 BTCUSDT");
});

// oxfmt-ignore
test.each([
  ["a slippage that is none",  ["--slippage", "much"],  "--slippage much"],
  ["a stranger's account",     ["--account", "other"],  "no account is named other"],
])("%s is refused before anything is opened", async (_case, flags, said) => {
  const ran = await runInTest("panic", "--config", config, "--now", ...flags);
  expect([ran.code, ran.errors]).toEqual([2, expect.stringContaining(said)]);
});
