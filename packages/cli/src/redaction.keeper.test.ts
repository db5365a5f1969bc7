// A whole run with secrets that are easy to find, through requests that fail in every way that quotes them: they are nowhere.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addKey } from "@plimsoll/keeper";
import { ms } from "@plimsoll/core/units";
import { type ActivityPage, streamProtocol } from "@plimsoll/server/contract";
import type { RunningExchange } from "@plimsoll/sim/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Child, until } from "./testing/child.ts";
import { openDeskExchange } from "./testing/desk-exchange.ts";
import { spillsOf } from "./testing/spill.ts";

const canary = (of: string) => `CaNaRy-${of}/${randomBytes(9).toString("base64url")}+end=`;
const secrets = {
  readKey: canary("read-key"),
  readSecret: canary("read-secret"),
  tradeKey: canary("trade-key"),
  tradeSecret: canary("trade-secret"),
  wrongSecret: canary("wrong-secret"),
  passphrase: canary("passphrase"),
  rpc: randomBytes(20).toString("base64url"),
  otherRpc: randomBytes(20).toString("base64url"),
  wallet: randomBytes(32).toString("hex"),
  token: `CaNaRy-token.${randomBytes(9).toString("base64url")}`,
} as const;
/** A port where nobody listens: every request ends with an error that quotes its address. */
const DEAD_PORT = 1;

let exchange: RunningExchange;
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-redaction-"));
  exchange = await openDeskExchange([
    { account: "desk", key: secrets.readKey, secret: secrets.readSecret, trade: false },
    { account: "desk", key: secrets.tradeKey, secret: secrets.tradeSecret },
    { account: "other", key: "other-key", secret: "another secret than ours" },
  ]);
  const entry = { name: "desk-read", venue: "binance", use: "read", added: ms(Date.now()) } as const;
  const parts = { key: secrets.readKey, secret: secrets.readSecret };
  const lock = { passphrase: secrets.passphrase, scryptWork: 10 }; // every run below opens it
  const added = await addKey(join(folder, "keys.age"), lock, { ...entry, parts });
  if (!added.ok) throw new Error(added.failure.code);
});
afterAll(async () => {
  await Child.endAll();
  await exchange.stop();
  rmSync(folder, { recursive: true });
});

const env = {
  KEYS_PASSPHRASE: secrets.passphrase,
  TRADE_KEY: secrets.tradeKey,
  TRADE_SECRET: secrets.tradeSecret,
  WRONG_SECRET: secrets.wrongSecret,
  LOAN_RPC: `http://127.0.0.1:${DEAD_PORT}/v2/${secrets.rpc}?apikey=${secrets.rpc}`,
  OTHER_RPC: `http://localhost:${DEAD_PORT}/v2/${secrets.otherRpc}?apikey=${secrets.otherRpc}`,
  LOAN_KEY: `0x${secrets.wallet}`,
  API_TOKEN: secrets.token,
  OTHER_KEY: "other-key",
};

function writeConfig(): string {
  const file = join(folder, "plimsoll.yaml");
  writeFileSync(
    file,
    `plimsoll: config/1
dataDir: ${join(folder, "data")}
pollEvery: 1s
keyStore: { file: ${join(folder, "keys.age")}, passphrase: { env: KEYS_PASSPHRASE } }
server: { token: { env: API_TOKEN } }
accounts:
  - { name: desk, venue: binance, localPort: ${exchange.port}, keys: { read: desk-read, trade: { key: { env: TRADE_KEY }, secret: { env: TRADE_SECRET } } } }
  - { name: wrong, venue: binance, localPort: ${exchange.port}, keys: { read: { key: { env: OTHER_KEY }, secret: { env: WRONG_SECRET } } } }
  - { name: dead, venue: binance, localPort: ${DEAD_PORT}, keys: { read: { key: { env: TRADE_KEY }, secret: { env: TRADE_SECRET } } } }
  - { name: loan, venue: aave-v3, rpc: [{ env: LOAN_RPC }, { env: OTHER_RPC }], chainId: 1, user: "0x0000000000000000000000000000000000000001", keys: { trade: { secret: { env: LOAN_KEY } } } }
guards:
  - name: reduce early
    protects: desk
    when: { healthBelow: 100, urgentBelow: 99 }
    target: { health: 150 }
    do: [{ reduce: BTCUSDT, slippage: 0.5% }]
    confirm: 0s
    mode: armed
`,
  );
  return file;
}

/** Everything that left the process, by where it went. */
const left = new Map<string, Uint8Array>();
const leave = (where: string, what: Uint8Array | string) =>
  left.set(where, Buffer.concat([left.get(where) ?? Buffer.alloc(0), Buffer.from(what)]));

const paths = [
  "/health",
  "/ready",
  "/",
  "/api/v1/book",
  "/api/v1/guards",
  "/api/v1/evidence",
  "/api/v1/activity",
  "/api/v1/openapi.json",
  "/api/v1/none",
];
async function collectAnswers(base: string): Promise<void> {
  for (const path of paths)
    for (const token of [secrets.token, "not-the-token-at-all"]) {
      const reply = await fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } });
      leave(`${path} as answered`, `${JSON.stringify([...reply.headers])}\n${await reply.text()}\n`);
    }
}

/** The live stream as the dashboard reads it, until `look` is content. */
async function collectStream(base: string): Promise<() => void> {
  const socket = new WebSocket(`${base.replace("http", "ws")}/api/v1/stream`, [
    streamProtocol,
    `token.${secrets.token}`,
  ]);
  socket.addEventListener("message", ({ data }) => leave("the live stream", String(data)));
  await new Promise((done) => socket.addEventListener("open", done));
  return () => socket.close();
}

async function said(...args: readonly string[]): Promise<Child> {
  const child = new Child(args, { env });
  await child.exit();
  leave(`${args.slice(0, 2).join(" ")} as printed`, child.out + child.errors);
  return child;
}

test("a run in which requests are refused, broken off and misdirected", async () => {
  exchange.faults.add({ on: "POST /fapi/v1/order", fault: { kind: "lost-reply" }, times: 1 });
  const config = writeConfig();
  const child = new Child(["serve", "--config", config, "--port", "0"], { env });
  const { base } = await child.door();
  const close = await collectStream(base);
  const activity = async () => {
    const reply = await fetch(`${base}/api/v1/activity?limit=200`, {
      headers: { authorization: `Bearer ${secrets.token}` },
    });
    return JSON.stringify(((await reply.json()) as ActivityPage).items);
  };
  await until(async () => ((await activity()).includes("outcome") ? true : undefined), child);
  exchange.faults.add({ on: "GET /fapi/v3/account", fault: { kind: "disconnect", effect: false }, times: 3 });
  exchange.dropSockets();
  await sleep(4_000);
  await collectAnswers(base);
  close();
  expect(await child.end("SIGTERM")).toBe(0);
  leave("serve's stdout", child.out);
  leave("serve's stderr", child.errors);
  expect(child.out).toContain("/#token=YOUR-TOKEN");
  await said("evidence", join(folder, "record.evidence"), "--data-dir", join(folder, "data"));
  await said("backup", join(folder, "copy.sqlite"), "--data-dir", join(folder, "data"));
  await said("config", "show", config, "--json");
  await said("doctor", "--config", config, "--json");
  await said("doctor", "--permissions", "--config", config);
  for (const name of readdirSync(join(folder, "data")))
    leave(`the file ${name}`, readFileSync(join(folder, "data", name)));
  for (const name of ["record.evidence", "copy.sqlite"]) leave(`the file ${name}`, readFileSync(join(folder, name)));
});

test("it met what it was to meet: a refused signature, an unreachable venue and node, an order whose reply was lost", () => {
  const journal = Buffer.from(left.get("the file copy.sqlite")!).toString("latin1");
  expect(journal).toContain("Signature for this request is not valid.");
  expect(journal).toMatch(/GET http[^"]*signature=\[secret\] fetch failed/);
  expect(journal).toContain(`127.0.0.1:${DEAD_PORT}`);
  expect(Buffer.from(left.get("serve's stderr")!).toString()).toMatch(/apiRestrictions\?[^"]*signature=\[secret\]/);
  expect(journal).toContain("chain/rpc-failed");
  expect(journal).toMatch(/ambiguous/);
  expect([...left.keys()].toSorted()).toEqual(
    expect.arrayContaining([
      "the file plimsoll.sqlite",
      "the live stream",
      "serve's stderr",
      "/api/v1/book as answered",
    ]),
  );
});

test.each(Object.entries(secrets))("%s is nowhere, in no form", (_name, secret) => {
  expect(left.size).toBeGreaterThan(20);
  const spills = [...left].flatMap(([where, bytes]) => spillsOf(secret, bytes).map((spill) => `${where}, ${spill}`));
  expect(spills).toEqual([]);
});

test("no signature of a request is anywhere", () => {
  const signature = /signature(?:=|%3D)[0-9a-f]{64}/i;
  const signed = [...left].filter(([, bytes]) => signature.test(Buffer.from(bytes).toString("latin1")));
  expect(signed.map(([where]) => where)).toEqual([]);
});
