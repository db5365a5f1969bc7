import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromEnvironment, readConfig } from "./config-file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const written = (text: string): string => {
  const path = join(folder, "plimsoll.yaml");
  writeFileSync(path, text);
  return path;
};

const good = `plimsoll: config/1
server:
  port: 9000
accounts:
  - name: desk
    venue: binance
    keys:
      read: { key: { env: BINANCE_KEY }, secret: { env: BINANCE_SECRET } }
`;

test("each value says which layer it came from, the later layer wins", () => {
  const read = readConfig(
    written(good),
    { PLIMSOLL__DATA_DIR: "/data", PLIMSOLL__SERVER__PORT: "9001" },
    { server: { port: "9002" } },
  );
  if (!read.ok) throw new Error(read.failure.facts["detail"]);
  const row = (path: string) => read.value.rows.find((candidate) => candidate.path === path);
  expect(read.value.config.server.port).toBe(9002);
  expect(row("server.port")).toMatchObject({ value: "9002", origin: "flag" });
  expect(row("dataDir")).toMatchObject({ value: "/data", origin: "environment" });
  expect(row("accounts.0.name")).toMatchObject({ value: "desk", origin: "file" });
  expect(row("store")).toMatchObject({ value: "sqlite", origin: "default" });
});

test("a secret's value is never among the rows", () => {
  const read = readConfig(written(good), { BINANCE_SECRET: "hush-hush" }, {});
  expect(
    JSON.stringify(read, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
  ).not.toContain("hush-hush");
});

// oxfmt-ignore
test.each([
  ["an unknown key",         `${good}servr: {}\n`,                              "plimsoll.yaml:9:1 servr: unknown key"],
  ["a secret in the file",   good.replace("{ env: BINANCE_SECRET }", "abc"),    "plimsoll.yaml:8:13 accounts[0].keys.read: not a key: write the name of one in the key store, or { key: { env: VARIABLE }"],
  ["a key with two places",  good.replace("env: BINANCE_SECRET", "env: A, file: B"), "plimsoll.yaml:8:13 accounts[0].keys.read"],
  ["an account without keys", good.replace(/ {4}keys:\n.*\n/, ""),              "accounts[0].keys"],
  ["two locks of the store", `${good}keyStore: { identity: id.txt, passphrase: { env: P } }\n`, "keyStore: an identity and a passphrase are named"],
  ["a host beyond loopback", good.replace("port: 9000", "host: 0.0.0.0"),       "plimsoll.yaml:3:9 server.host"],
  ["one key read twice",     `${good}  - name: twin\n    venue: binance\n    keys: { read: { key: { env: BINANCE_KEY }, secret: { env: BINANCE_SECRET } } }\n`, "plimsoll.yaml:9:11 accounts[1]: twin is the same account of binance as desk"],
  ["one address twice",      `${good}  - { name: a, venue: hyperliquid, user: "0x${"Ab".repeat(20)}" }\n  - { name: b, venue: hyperliquid, user: "0x${"aB".repeat(20)}" }\n`, "accounts[2]: b is the same account of hyperliquid as a"],
  ["a guard of nobody",      `${good}guards:\n  - { name: g, protects: desc, when: { healthBelow: 1.2 }, target: { health: 1.4 }, do: [{ addMargin: 5 USDT }] }\n`, "plimsoll.yaml:10:26 guards[0].protects: no account is named desc"],
])("%s is refused with its place", (_case, text, detail) => {
  const read = readConfig(written(text), {}, {});
  expect(!read.ok && read.failure.facts["detail"]).toContain(detail);
});

test("a bad variable is named as the variable, not as a line of the file", () => {
  const read = readConfig(written(good), { PLIMSOLL__SERVER__PORT: "many" }, {});
  expect(!read.ok && read.failure.facts["detail"]).toContain("PLIMSOLL__SERVER__PORT server.port: not a whole number");
});

test("variables become paths", () => {
  expect(fromEnvironment({ PLIMSOLL__POLL_EVERY: "1s", PLIMSOLL__SERVER__PORT: "1", OTHER: "x" })).toEqual({
    pollEvery: "1s",
    server: { port: "1" },
  });
});

test("one key at two venues, or at two simulated ones, is two accounts", () => {
  const keys = "keys: { read: { key: { env: BINANCE_KEY }, secret: { env: BINANCE_SECRET } } }";
  const other = (rest: string) => readConfig(written(`${good}  - { name: other, ${rest}, ${keys} }\n`), {}, {}).ok;
  expect([other("venue: binance-coinm"), other("venue: binance, localPort: 9100"), other("venue: binance")]).toEqual([
    true,
    true,
    false,
  ]);
});
