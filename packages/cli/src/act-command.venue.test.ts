import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { runInTest } from "./run-in-test.ts";
import { openDeskExchange } from "./testing/desk-exchange.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-act-"));
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
const held = () => exchange.exchange.state.accounts.get("desk")!.positions.values().next().value?.size ?? 0n;
const planned = async () => {
  const { lines, code, errors } = await runInTest("plan", config, "--account", "desk", "--health", "40");
  expect([code, errors]).toEqual([0, ""]);
  return /^ {2}plan ([0-9a-f]{64})$/m.exec(lines)![1]!;
};

test("a plan that was shown is carried out by its hash, once", async () => {
  const hash = await planned();
  const before = held();
  const acted = await runInTest("act", "--config", config, "--plan", hash.slice(0, 12));
  expect([acted.code, acted.errors]).toEqual([0, ""]);
  expect(acted.lines).toContain("sends: sell");
  expect(acted.lines).toContain("done (as-predicted)");
  expect(held() < before && held() > 0n).toBe(true);
  const after = held();
  const again = await runInTest("act", "--config", config, "--plan", hash);
  expect([again.code, again.errors, held()]).toEqual([1, expect.stringContaining("done already"), after]);
});

test("a hash that no plan has is refused, and so is a plan for more than is still held", async () => {
  const stranger = await runInTest("act", "--config", config, "--plan", "0123456789ab");
  expect([stranger.code, stranger.errors]).toEqual([1, expect.stringContaining("0123456789ab")]);
  const { lines } = await runInTest("plan", config, "--account", "desk", "--health", "80");
  const hash = /^ {2}plan ([0-9a-f]{64})$/m.exec(lines)![1]!;
  exchange.exchange.run({
    type: "order",
    account: "desk",
    order: {
      ...{ symbol: "BTCUSDT", side: "sell", positionSide: "BOTH", type: "MARKET", timeInForce: "GTC", price: 0n },
      ...{ size: held() - fixed("0.01"), reduceOnly: true, clientId: "" },
    },
  });
  const late = await runInTest("act", "--config", config, "--plan", hash);
  expect([late.code, late.errors, held()]).toEqual([20, expect.stringContaining("held 0.01"), fixed("0.01")]);
});
