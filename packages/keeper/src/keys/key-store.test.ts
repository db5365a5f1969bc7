import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ms } from "@plimsoll/core/units";
import { generateX25519Identity } from "age-encryption";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type KeyEntry, labelOf } from "./key-entry.ts";
import type { KeyLock } from "./key-lock.ts";
import { addKey, readKeys, removeKey } from "./key-store.ts";

const RUNS = Number(process.env["PLIMSOLL_RUNS"] ?? 60);
const folder = mkdtempSync(join(tmpdir(), "plimsoll-keys-"));
const file = join(folder, "data", "keys.age");
let lock: KeyLock = { identity: "" };
beforeAll(async () => {
  lock = { identity: await generateX25519Identity() };
});
beforeEach(() => rmSync(join(folder, "data"), { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (name: string, secret = "s3cret-canary"): KeyEntry => ({
  name,
  venue: "binance",
  use: "read",
  added: ms(1_800_000_000_000),
  parts: { key: "the-key", secret },
});
const names = async (by: KeyLock = lock) => {
  const read = await readKeys(file, by);
  return read.ok ? read.value.map(({ name }) => name) : read.failure.code;
};

test("keys that were added come back whole, the file is its owner's alone and shows nothing of them", async () => {
  expect(await names()).toBe("keys/no-store");
  expect(await addKey(file, lock, entry("desk-read"))).toEqual({ ok: true, value: undefined });
  expect(await addKey(file, lock, entry("desk-trade"))).toEqual({ ok: true, value: undefined });
  expect(await readKeys(file, lock)).toEqual({ ok: true, value: [entry("desk-read"), entry("desk-trade")] });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, "latin1");
  expect(text).toMatch(/^age-encryption\.org\/v1\n-> X25519 /);
  for (const hidden of ["canary", "desk-read", "binance", "the-key"]) expect(text).not.toContain(hidden);
  expect(readdirSync(join(folder, "data"))).toEqual(["keys.age"]);
  expect(await removeKey(file, lock, "desk-read")).toEqual({ ok: true, value: undefined });
  expect(await names()).toEqual(["desk-trade"]);
});

test("a name that is taken or unknown is refused and nothing is written", async () => {
  await addKey(file, lock, entry("desk-read"));
  const before = readFileSync(file);
  const again = await addKey(file, lock, entry("desk-read", "other"));
  expect(again).toMatchObject({ ok: false, failure: { code: "keys/name-taken" } });
  const gone = await removeKey(file, lock, "desk");
  expect(gone).toMatchObject({
    failure: { code: "keys/no-key", facts: { detail: expect.stringContaining("desk-read") } },
  });
  expect(readFileSync(file)).toEqual(before);
});

test("a passphrase opens what it locked; a wrong one is told from damage and from an identity", async () => {
  const by = { passphrase: "correct horse battery", scryptWork: 10 };
  expect(await addKey(file, by, entry("a"))).toEqual({ ok: true, value: undefined });
  expect(await names(by)).toEqual(["a"]);
  expect(await names({ passphrase: "correct horse batterx" })).toBe("keys/wrong-passphrase");
  expect(await names(lock)).toBe("keys/other-lock");
});

test("an identity does not open what another locked", async () => {
  await addKey(file, lock, entry("a"));
  expect(await names({ identity: await generateX25519Identity() })).toBe("keys/wrong-identity");
  expect(await names({ passphrase: "correct horse battery" })).toBe("keys/other-lock");
});

// oxfmt-ignore
test.each([
  ["a short passphrase",   { passphrase: "123456789" },           "keys/passphrase-short"],
  ["no identity",          { identity: "AGE-SECRET-KEY-1XYZ" },   "keys/identity-malformed"],
])("%s makes no store", async (_case, by, code) => {
  expect(await addKey(file, by, entry("a"))).toMatchObject({ ok: false, failure: { code } });
  expect(existsSync(file)).toBe(false);
});

test("a store that others may read is not opened", async () => {
  await addKey(file, lock, entry("a"));
  chmodSync(file, 0o640);
  expect(await readKeys(file, lock)).toMatchObject({
    failure: { code: "keys/readable-by-others", facts: { next: `chmod 600 ${file}` } },
  });
});

test("any damaged byte, and any cut, is an error that says what to do and shows nothing", async () => {
  await addKey(file, lock, entry("a"));
  const whole = readFileSync(file);
  const damage = fc.oneof(
    fc.record({ at: fc.nat(whole.length - 1), by: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ cut: fc.nat(whole.length - 1) }),
  );
  await fc.assert(
    fc.asyncProperty(damage, async (how) => {
      const bytes = "cut" in how ? whole.subarray(0, how.cut) : Buffer.from(whole);
      if ("at" in how) bytes[how.at] = bytes[how.at]! ^ how.by;
      writeFileSync(file, bytes);
      const read = await readKeys(file, lock);
      if (read.ok) throw new Error(`damage was not seen: ${JSON.stringify(how)}`);
      expect(["keys/damaged", "keys/wrong-identity", "keys/other-lock"]).toContain(read.failure.code);
      expect(read.failure.facts["next"]).toMatch(/\w/);
      expect(JSON.stringify(read.failure)).not.toContain("canary");
      expect(await addKey(file, lock, entry("b"))).toEqual(read);
      expect(readFileSync(file).equals(bytes)).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

test("a store that another process changed meanwhile is left as that one wrote it", async () => {
  await addKey(file, lock, entry("a"));
  const raced = await addKey(file, lock, entry("b"), (done) => {
    if (done === "synced") writeFileSync(file, "another's");
  });
  expect(raced).toMatchObject({ ok: false, failure: { code: "keys/changed-meanwhile" } });
  expect(readFileSync(file, "utf8")).toBe("another's");
});

test("a folder that cannot be written leaves the store as it was", async () => {
  writeFileSync(join(folder, "blocked"), "");
  const added = await addKey(join(folder, "blocked", "keys.age"), lock, entry("a"));
  expect(added).toMatchObject({
    ok: false,
    failure: { code: expect.stringMatching(/^keys\/(unreadable|not-written)$/) },
  });
});

test("a fingerprint tells secrets apart and shows none", () => {
  const [one, same, other] = [entry("a"), entry("b"), entry("c", "s3cret-canarz")].map(labelOf);
  expect(one!.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  expect([same!.fingerprint === one!.fingerprint, other!.fingerprint === one!.fingerprint]).toEqual([true, false]);
  expect(JSON.stringify(one)).not.toContain("canary");
});
