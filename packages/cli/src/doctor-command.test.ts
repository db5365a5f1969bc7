import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dec, holdingId } from "@plimsoll/core/units";
import { serveSigner } from "@plimsoll/keeper";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { runInTest } from "./run-in-test.ts";

interface Finding {
  readonly is: "good" | "note" | "broken";
  readonly what: string;
  readonly detail: string;
  readonly next?: string;
}
const folder = mkdtempSync(join(tmpdir(), "plimsoll-doctor-"));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  vi.stubEnv("DOCTOR_KEY", "a-key");
  vi.stubEnv("DOCTOR_SECRET", "hush-hush");
});

const keyIn = (place: string) => `{ key: ${place}, secret: { env: DOCTOR_SECRET } }`;
const guard = (mode: string) => `guards:
  - { name: g, protects: desk, when: { healthBelow: 3 }, target: { health: 5 }, do: [{ reduce: BTCUSDT, slippage: 0.5% }], mode: ${mode} }
`;
async function examined(change: Partial<Record<"dataDir" | "port" | "keys" | "more", string>> = {}) {
  const { dataDir = join(folder, "data"), port = "0", keys = keyIn("{ env: DOCTOR_KEY }"), more = "" } = change;
  const file = join(folder, "plimsoll.yaml");
  writeFileSync(
    file,
    `plimsoll: config/1
dataDir: ${dataDir}
server: { port: ${port} }
accounts:
  - { name: desk, venue: binance, keys: { read: ${keys} } }
${more}`,
  );
  const { code, lines } = await runInTest("doctor", "--config", file, "--json");
  expect(lines).not.toContain("hush-hush");
  const findings = JSON.parse(lines) as readonly Finding[];
  return { code, of: (what: string) => findings.find((finding) => finding.what === what), findings };
}

test("without a config it says what is installed, and is content", async () => {
  const { code, lines } = await runInTest("doctor");
  expect(code).toBe(0);
  expect(lines).toMatch(/^ok {3}node: 24\./m);
  expect(lines).toMatch(/^ok {3}local chain: anvil/m);
  expect(lines).toMatch(/terms of binance: usdm-2025-09, \d+ days old/);
});

test("a config that can run has nothing broken; nothing is made by looking", async () => {
  const { code, of, findings } = await examined({ more: guard("armed") });
  expect([code, findings.filter(({ is }) => is === "broken")]).toEqual([0, []]);
  expect(of("desk.keys.read")).toMatchObject({
    is: "good",
    detail: expect.stringMatching(/^from variable DOCTOR_KEY and variable DOCTOR_SECRET, fingerprint [0-9a-f]{16}$/),
  });
  expect(of("guards")).toMatchObject({ is: "good", detail: "1 of 1 armed" });
  expect(existsSync(join(folder, "data"))).toBe(false);
});

test("guards in shadow, and none, are worth a note: they protect nobody", async () => {
  expect((await examined({ more: guard("shadow") })).of("guards")).toMatchObject({
    is: "note",
    detail: expect.stringContaining("1 in shadow"),
  });
  expect((await examined()).of("guards")).toMatchObject({
    is: "note",
    detail: expect.stringContaining("not protected"),
  });
});

// oxfmt-ignore
test.each([
  ["a variable that is not set", "desk.keys.read",    { keys: keyIn("{ env: NOT_SET_ANYWHERE }") },                              /NOT_SET_ANYWHERE is not set/],
  ["a secret's file that is not there", "desk.keys.read", { keys: keyIn(`{ file: ${join(folder, "none")} }`) },                  /none.*no such file/],
  ["a data folder below a file", "data folder", { dataDir: join(folder, "plimsoll.yaml", "data") },                /cannot be written/],
  ["an unknown key",             "config",      { more: "colour: red\n" },                                         /plimsoll\.yaml:6:1 colour: unknown key/],
] as const)("%s is broken, with what to do", async (_case, what, change, detail) => {
  const { code, of } = await examined(change);
  expect(code).toBe(1);
  expect(of(what)).toMatchObject({ is: "broken", detail: expect.stringMatching(detail), next: expect.stringMatching(/\w/) });
});

test("a secret's file that others may read is broken", async () => {
  const file = join(folder, "secret");
  writeFileSync(file, "hush-hush");
  chmodSync(file, 0o644);
  const { code, of } = await examined({ keys: keyIn(`{ file: ${file} }`) });
  expect([code, of("desk.keys.read")]).toEqual([
    1,
    expect.objectContaining({ is: "broken", next: `chmod 600 ${file}` }),
  ]);
  chmodSync(file, 0o600);
  expect((await examined({ keys: keyIn(`{ file: ${file} }`) })).code).toBe(0);
});

test("with signer: true keys that send are the signer's: it is asked what it signs, and said when it is away", async () => {
  const data = join(folder, "signed");
  const more = "signer: true\n";
  const keys = `${keyIn("{ env: DOCTOR_KEY }")}, trade: ${keyIn("{ env: NOT_SET_ANYWHERE }")}`;
  const away = await examined({ dataDir: data, keys, more });
  expect([away.code, away.of("desk.keys.trade")]).toEqual([
    1,
    expect.objectContaining({ is: "broken", detail: expect.stringContaining("signer away"), next: expect.any(String) }),
  ]);
  const limit = { asset: "USDC", perDay: dec("15000") };
  const rules = { holding: holdingId("desk"), instruments: ["BTCUSDT"], assets: [limit], hedges: [] };
  const actor = { prepare: notAsked, send: notAsked, query: notAsked };
  const signing = await serveSigner(data, new Map([[holdingId("desk"), { actor, rules }]]));
  if (!signing.ok) throw new Error(signing.failure.code);
  const there = await examined({ dataDir: data, keys, more });
  expect([there.code, there.of("desk.keys.trade")]).toEqual([
    0,
    expect.objectContaining({
      is: "good",
      detail: "the signer has it and signs: cancels; reduces and stops in BTCUSDT; 15000 USDC in any 24 hours, 0 taken",
    }),
  ]);
  await signing.value.stop();
});
const notAsked = () => Promise.reject(new Error("it is only asked what it signs"));

test("a port in use is broken", async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const port = String((server.address() as AddressInfo).port);
    const { code, of } = await examined({ port });
    expect([code, of("port")]).toEqual([
      1,
      expect.objectContaining({ is: "broken", detail: `127.0.0.1:${port} is in use` }),
    ]);
  } finally {
    server.close();
  }
});

test("people read the same findings with what to do next", async () => {
  writeFileSync(join(folder, "none.yaml"), "plimsoll: config/1\naccounts: []\n");
  const { code, lines } = await runInTest("doctor", "--config", join(folder, "none.yaml"));
  expect(code).toBe(1);
  expect(lines).toMatch(/^BAD {2}config: .*none\.yaml:2:11 accounts: [\s\S]*\n {5}Next: /m);
});
