import { fixed } from "@plimsoll/sim/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";
import { type Desk, openDesk } from "./testing/open-desk.ts";

let desk: Desk;
let limited: Desk;
beforeAll(async () => {
  desk = await openDesk();
  limited = await openDesk({ account: "    limits: { instruments: [ETHUSDT] }\n" });
});
afterAll(() => Promise.all([desk.close(), limited.close()]));

const planned = async ({ config }: Desk, health = "40") => {
  const { lines, code, errors } = await runInTest("plan", config, "--account", "desk", "--health", health);
  expect([code, errors]).toEqual([0, ""]);
  return /^ {2}plan ([0-9a-f]{64})$/m.exec(lines)![1]!;
};

test("a plan that was shown is carried out by its hash, once", async () => {
  const { config, held } = desk;
  const hash = await planned(desk);
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
  const { config, held, trade } = desk;
  const stranger = await runInTest("act", "--config", config, "--plan", "0123456789ab");
  expect([stranger.code, stranger.errors]).toEqual([1, expect.stringContaining("0123456789ab")]);
  const hash = await planned(desk, "80");
  trade("sell", held() - fixed("0.01"));
  const late = await runInTest("act", "--config", config, "--plan", hash);
  expect([late.code, late.errors, held()]).toEqual([20, expect.stringContaining("held 0.01"), fixed("0.01")]);
});

test("the limits that its owner wrote hold also where the key is in the same process: what they leave out is not sent", async () => {
  const { config, held } = limited;
  const hash = await planned(limited);
  const before = held();
  const refused = await runInTest("act", "--config", config, "--plan", hash);
  expect([refused.code, held()]).toEqual([1, before]);
  expect(refused.lines).toMatch(/BTCUSDT.*ETHUSDT/);
});
