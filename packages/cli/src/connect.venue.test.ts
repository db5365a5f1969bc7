// Which key does what, against the simulated exchange, which refuses an order of a key that may not trade.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Result, type Why, dec } from "@plimsoll/core/units";
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Connected, connectAll } from "./connect.ts";
import { readConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { runInTest } from "./run-in-test.ts";
import { openDeskExchange } from "./testing/desk-exchange.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-connect-"));
const config = join(folder, "plimsoll.yaml");
let exchange: RunningExchange;
const connected: Connected[] = [];

const secretOf = (key: string) => `secret of ${key}`;
beforeAll(async () => {
  const keys = [{ key: "reader", trade: false }, { key: "trader" }, { key: "thief", withdraw: true }].map((each) => ({
    account: "desk",
    secret: secretOf(each.key),
    ...each,
  }));
  exchange = await openDeskExchange(keys);
});
beforeEach(() => {
  for (const key of ["reader", "trader", "thief", "stranger"]) {
    vi.stubEnv(key.toUpperCase(), key);
    vi.stubEnv(`${key.toUpperCase()}_SECRET`, secretOf(key));
  }
});
afterEach(async () => {
  await Promise.all(connected.splice(0).map(({ close }) => close()));
  vi.unstubAllEnvs();
});
afterAll(async () => {
  await exchange.stop();
  rmSync(folder, { recursive: true });
});

/** A config whose account names a key of the exchange for each use. */
function writeConfig(uses: Readonly<Record<string, string>>): void {
  const keys = Object.entries(uses).map(
    ([use, key]) => `${use}: { key: { env: ${key.toUpperCase()} }, secret: { env: ${key.toUpperCase()}_SECRET } }`,
  );
  writeFileSync(
    config,
    `plimsoll: config/1
dataDir: ${folder}
accounts: [{ name: desk, venue: binance, localPort: ${exchange.port}, keys: { ${keys.join(", ")} } }]
`,
  );
}
async function connect(uses: Readonly<Record<string, string>>): Promise<Result<Connected, Why>> {
  writeConfig(uses);
  const layers = readConfig(config, process.env, {});
  if (!layers.ok) return layers;
  const ask = () => Promise.reject(new Error("nothing is asked"));
  const all = await connectAll(layers.value.config, keyRing(layers.value.config, process.env, ask), process.env);
  if (!all.ok) return all;
  connected.push(...all.value);
  return { ok: true, value: all.value[0]! };
}
const codesOf = (found: Result<Connected, Why>) => {
  if (!found.ok) throw new Error(JSON.stringify(found.failure));
  return found.value.notices.map(({ code, facts }) => [code, facts["account"] ?? facts["detail"]]);
};

// oxfmt-ignore
test.each([
  ["read",     { read: "thief" }],
  ["trade",    { read: "reader", trade: "thief" }],
  ["transfer", { read: "reader", trade: "trader", transfer: "thief" }],
])("a %s key that can withdraw is refused at start, with its place and what to do", async (use, uses) => {
  expect(await connect(uses)).toMatchObject({
    ok: false,
    failure: {
      code: "binance/key-can-withdraw",
      facts: { account: "desk", key: use, place: "variable THIEF and variable THIEF_SECRET", next: expect.stringContaining("without the withdrawal permission") },
    },
  });
});

test("what is read is read with the read key, what is sent is sent with the trade key", async () => {
  const found = await connect({ read: "reader", trade: "trader" });
  expect(codesOf(found)).toEqual([["key/not-ip-bound", "the trade key works from anywhere"]]);
  if (!found.ok) return;
  const { feed, actor } = found.value.connection;
  const read = await feed.snapshot();
  const holding = read.ok ? read.value.find((event) => event.type === "holding")?.holding : undefined;
  const action = {
    do: "order",
    instrument: "BTCUSDT",
    side: "sell",
    size: dec("0.1"),
    limit: dec("99000"),
    reduceOnly: true,
  } as const;
  const prepared = await actor!.prepare("key", holding!, action);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.failure));
  expect(await actor!.send(prepared.value)).toMatchObject({ is: "done" });

  // the same order under the read key: the venue refuses it, so nothing else can have sent the one above
  const other = await connect({ read: "trader", trade: "reader" });
  expect(codesOf(other)).toEqual([
    ["key/reads-and-trades", "the read key can trade"],
    ["key/cannot-trade", "the trade key cannot trade: whatever is sent is refused"],
    ["key/not-ip-bound", "the trade key works from anywhere"],
  ]);
  const refused = other.ok ? await other.value.connection.actor!.send(prepared.value) : undefined;
  expect(refused?.is).toBe("refused");
});

test("without a trade key an account is watched only, and that is said", async () => {
  const found = await connect({ read: "reader" });
  expect(codesOf(found)).toEqual([["key/watch-only", "desk"]]);
  expect(found.ok && found.value.connection.actor).toBe(undefined);
});

test("a key of which the venue says nothing is not harmless: it is said", async () => {
  expect(codesOf(await connect({ read: "reader", trade: "stranger" }))).toEqual([
    ["binance/key-permission-unknown", expect.stringContaining("Invalid API-key")],
  ]);
});

test("doctor --permissions: what each key can do, where it is kept, what a thief could do at worst", async () => {
  writeConfig({ read: "reader", trade: "trader" });
  const { code, lines } = await runInTest("doctor", "--permissions", "--config", config);
  expect(code).toBe(0);
  expect(lines).toMatch(
    /^read key of desk, on account desk at binance\n {2}kept in +variable READER and variable READER_SECRET, fingerprint [0-9a-f]{16}\n {2}can +read yes, trade no, transfer no, withdraw no\n +works from anywhere\n[\s\S]*?whether a timer cancels the account's orders is unknown: binance does not tell\n {2}at worst +a thief sees balances, positions and orders; moves nothing$/m,
  );
  expect(lines).toMatch(
    /^trade key of desk,[\s\S]*trade yes, transfer no, withdraw no[\s\S]*BUT +the trade key works from anywhere\. Next: list this machine's address[\s\S]*loses everything in the account by trading against you/m,
  );
  expect(lines).toContain("evidence key, on evidence files");
  expect(lines).not.toContain("secret of");
});

test("doctor --permissions: a key that can withdraw is an error, one nobody knows of is unknown", async () => {
  writeConfig({ read: "thief" });
  const thief = await runInTest("doctor", "--permissions", "--config", config, "--json");
  expect(thief.code).toBe(1);
  expect(JSON.parse(thief.lines)).toContainEqual(
    expect.objectContaining({
      secret: "read key of desk",
      can: { read: "yes", trade: "yes", transfer: "no", withdraw: "yes" },
      worst: "takes everything in the account out of the venue",
      warnings: expect.arrayContaining([expect.objectContaining({ code: "binance/key-can-withdraw" })]),
    }),
  );
  writeConfig({ read: "stranger" });
  const stranger = await runInTest("doctor", "--permissions", "--config", config);
  expect([stranger.code, stranger.lines]).toEqual([
    20,
    expect.stringContaining("at worst   a thief may take everything"),
  ]);
});
