import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Crypto, applyEntry, startOf, writeEvidence } from "@plimsoll/core/journal";
import { ms, utf8 } from "@plimsoll/core/units";
import { openSigningKey } from "@plimsoll/keeper";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-verify-"));
const file = join(folder, "evidence.ndjson");
let fingerprint = "";
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const key = openSigningKey(folder);
  if (!key.ok) throw new Error(key.failure.code);
  ({ fingerprint } = key.value);
  writeFileSync(file, await evidenceOf(key.value.crypto, key.value.publicKey));
});

async function evidenceOf(crypto: Crypto, publicKey: Uint8Array): Promise<string> {
  const entry = applyEntry(sha256, startOf("book"), { onceKey: "book#0", at: ms(1), bytes: utf8("{}") });
  const journal = {
    streams: async () => ["book"],
    read: async function* () {
      yield entry;
    },
  };
  const written = await writeEvidence(crypto, publicKey, journal, ms(2));
  if (!written.ok) throw new Error(written.failure.code);
  return written.value;
}

test("a whole file is good: by fingerprint, and by the key stored in the data folder at first start", async () => {
  const good = { code: 0, errors: "", lines: expect.stringMatching(/^good: 1 entry in 1 stream, signed/) };
  expect(await runInTest("verify", file, "--key", fingerprint)).toEqual(good);
  expect(await runInTest("verify", file, "--data-dir", folder)).toEqual(good);
  const { lines } = await runInTest("verify", file, "--key", fingerprint, "--json");
  expect(JSON.parse(lines)).toMatchObject({ ok: true, fingerprint, entries: 1, streams: 1 });
});

test("a file signed by another key is refused, whole as it is", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const crypto: Crypto = {
    sha256,
    sign: async (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
    verify: async () => false,
  };
  const other = join(folder, "other.ndjson");
  writeFileSync(
    other,
    await evidenceOf(crypto, new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32))),
  );
  const refused = await runInTest("verify", other, "--data-dir", folder);
  expect(refused).toEqual({
    code: 1,
    lines: "",
    errors: expect.stringMatching(/other\.ndjson:1 refused: .*not by the key you expect[\s\S]*Next: /),
  });
});

test("a damaged and a cut file are refused with the line", async () => {
  const bytes = readFileSync(file);
  const damaged = join(folder, "damaged.ndjson");
  writeFileSync(damaged, bytes.toString().replace('"at":1,', '"at":2,'));
  const changed = await runInTest("verify", damaged, "--key", fingerprint);
  expect([changed.code, changed.errors]).toEqual([1, expect.stringMatching(/damaged\.ndjson:2 refused: .*altered/)]);
  writeFileSync(damaged, bytes.subarray(0, -5));
  const cut = await runInTest("verify", damaged, "--key", fingerprint, "--json");
  expect([cut.code, JSON.parse(cut.lines)]).toEqual([1, expect.objectContaining({ ok: false })]);
});

// oxfmt-ignore
test.each([
  ["no key",              () => [file],                                     /a file cannot vouch for its own key\nNext: add --key/],
  ["a key that is none",  () => [file, "--key", "abc"],                     /--key abc is not 64 hex digits\nNext: /],
  ["a missing file",      () => [join(folder, "none"), "--key", fingerprint], /none[\s\S]*no such file[\s\S]*\nNext: check the path/],
  ["a folder without a key", () => [file, "--data-dir", join(folder, "none")], /evidence-key\.pub[\s\S]*\nNext: name the data folder/],
] as const)("%s is bad usage", async (_case, args, message) => {
  const ran = await runInTest("verify", ...args());
  expect([ran.code, ran.lines]).toEqual([2, ""]);
  expect(ran.errors).toMatch(message);
});
