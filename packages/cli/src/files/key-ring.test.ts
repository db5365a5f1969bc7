import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ms } from "@plimsoll/core/units";
import { addKey } from "@plimsoll/keeper";
import { generateX25519Identity } from "age-encryption";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readKeyLock } from "./key-lock.ts";
import { KeyRing } from "./key-ring.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-ring-"));
const file = join(folder, "store", "keys.age");
const identity = await generateX25519Identity();
const asked: string[] = [];
const ask = (answer: string) => (label: string) => {
  asked.push(label);
  return Promise.resolve({ ok: true, value: answer } as const);
};
beforeAll(async () => {
  const entry = { venue: "binance", added: ms(1), parts: { key: "k", secret: "stored" } } as const;
  await addKey(file, { identity }, { ...entry, name: "desk-read", use: "read" });
  await addKey(file, { identity }, { ...entry, name: "desk-trade", use: "trade" });
});
afterAll(() => rmSync(folder, { recursive: true }));

const environment = { KEY: "k", SECRET: "from a variable" };
let unlocked = 0;
const ring = new KeyRing(file, async () => (unlocked++, { ok: true, value: { identity } }), environment);
const account = (keys: object) => ({ name: "desk", venue: "binance", keys });

test("a key is found by its name, or by the places of its parts; the store is opened once, and only when it is named", async () => {
  const written = { read: { key: { env: "KEY" }, secret: { env: "SECRET" } } };
  const byPlace = await ring.find(account(written), "read");
  expect([byPlace, unlocked]).toMatchObject([{ value: { parts: { key: "k", secret: "from a variable" } } }, 0]);
  for (const use of ["read", "trade"] as const) {
    const byName = await ring.find(account({ read: "desk-read", trade: "desk-trade" }), use);
    expect(byName).toMatchObject({ value: { use, parts: { secret: "stored" }, place: expect.stringContaining(file) } });
  }
  expect(unlocked).toBe(1);
  expect(await ring.find(account({ read: "desk-read" }), "trade")).toEqual({ ok: true, value: undefined });
});

// oxfmt-ignore
test.each([
  ["an unknown name",       { read: "desk-raed" },                                           "binance", "keys/no-key"],
  ["a key for another use", { read: "desk-trade" },                                          "binance", "keys/other-key"],
  ["another venue's key",   { read: "desk-read" },                                           "okx",     "keys/other-key"],
  ["a variable not set",    { read: { key: { env: "KEY" }, secret: { env: "NOT_SET" } } },   "binance", "secret-missing"],
])("%s is refused with its place in the config", async (_case, keys, venue, code) => {
  const found = await ring.find({ name: "desk", venue, keys }, "read");
  expect(found).toMatchObject({ ok: false, failure: { code, facts: { where: "desk.keys.read", next: expect.any(String) } } });
});

test("the lock: a named identity or passphrase, else the variable, else a question; never two", async () => {
  const id = join(folder, "identity.txt");
  const passphrase = join(folder, "passphrase.txt");
  writeFileSync(id, `# public key: age1...\n${identity}\n`, { mode: 0o600 });
  writeFileSync(passphrase, "from a file\n", { mode: 0o600 });
  const variable = { PLIMSOLL_KEYS_PASSPHRASE: "from the variable" };
  const lock = (places: object, environment: object = variable) =>
    readKeyLock(file, places, environment as Record<string, string>, ask("typed"));
  expect(await lock({ identity: id })).toEqual({ ok: true, value: { identity } });
  expect(await lock({ passphrase: { file: passphrase } })).toEqual({ ok: true, value: { passphrase: "from a file" } });
  expect(await lock({})).toEqual({ ok: true, value: { passphrase: "from the variable" } });
  expect(asked).toEqual([]);
  expect(await lock({}, {})).toEqual({ ok: true, value: { passphrase: "typed" } });
  expect(asked).toEqual(["Passphrase of the key store"]);
  expect(await lock({ identity: id, passphrase: { file: passphrase } })).toMatchObject({
    failure: { code: "keys/two-locks" },
  });
  expect(await lock({ identity: passphrase })).toMatchObject({ failure: { code: "keys/identity-malformed" } });
});
