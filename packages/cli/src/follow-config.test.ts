import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeeperOptions } from "@plimsoll/keeper";
import { afterEach, expect, test, vi } from "vitest";
import { followConfig } from "./follow-config.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-follow-"));
const path = join(folder, "plimsoll.yaml");
const config = (more: string) => `plimsoll: config/1
dataDir: ${folder}
accounts: [{ name: desk, venue: binance, keys: { read: { key: { env: K }, secret: { env: S } } } }]
${more}`;
const reserve = (amount: string) => `reserves: [{ in: desk, amount: ${amount} USDT, floor: 100 USDT }]\n`;

afterEach(() => rmSync(folder, { recursive: true }));

test("a changed file is taken over; one that does not read well changes nothing and is told", async () => {
  writeFileSync(path, config(""));
  const policies: KeeperOptions["policy"][] = [];
  const said: string[] = [];
  const stop = followConfig({ path, flags: {} }, { setPolicy: async (policy) => void policies.push(policy) }, (what) =>
    said.push("refused" in what ? what.refused.code : "changed"),
  );
  try {
    writeFileSync(path, config(reserve("5000")));
    await vi.waitFor(() => expect(said).toEqual(["changed"]), 15_000);
    expect(policies).toMatchObject([{ guards: [], reserves: [{ asset: "USDT", holding: "desk" }] }]);
    writeFileSync(path, config(reserve("50")));
    await vi.waitFor(() => expect(said).toEqual(["changed", "file-invalid"]), 15_000);
    expect(policies).toHaveLength(1);
  } finally {
    stop();
  }
});
