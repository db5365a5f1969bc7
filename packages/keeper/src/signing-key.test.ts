import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hex, utf8 } from "@plimsoll/core/units";
import { afterAll, expect, test } from "vitest";
import { openSigningKey } from "./signing-key.ts";

const root = mkdtempSync(join(tmpdir(), "plimsoll-key-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const opened = (folder: string) => {
  const key = openSigningKey(folder);
  if (!key.ok) throw new Error(key.failure.code);
  return key.value;
};

test("a key is made once, for its owner alone, and signs what its public half verifies", async () => {
  const folder = join(root, "new", "data");
  const [first, second] = [opened(folder), opened(folder)];
  expect([first.created, second.created]).toEqual([true, false]);
  expect(second.fingerprint).toBe(first.fingerprint);
  expect(statSync(join(folder, "evidence-key.pem")).mode & 0o777).toBe(0o600);
  const [publicKey, fingerprint] = readFileSync(join(folder, "evidence-key.pub"), "utf8").split("\n");
  expect([publicKey, fingerprint]).toEqual([hex(first.publicKey), hex(first.crypto.sha256(first.publicKey))]);
  const signature = await second.crypto.sign(utf8("what was decided"));
  expect(await first.crypto.verify(first.publicKey, utf8("what was decided"), signature)).toBe(true);
  expect(await first.crypto.verify(first.publicKey, utf8("what was decided!"), signature)).toBe(false);
});

test("a key that others can read, or that is gone, is said plainly and nothing is signed", () => {
  const folder = join(root, "loose");
  opened(folder);
  chmodSync(join(folder, "evidence-key.pem"), 0o640);
  expect(openSigningKey(folder)).toMatchObject({
    failure: { code: "key/readable-by-others", facts: { mode: "0640" } },
  });
  rmSync(join(folder, "evidence-key.pem"));
  expect(openSigningKey(folder)).toMatchObject({ failure: { code: "key/missing" } });
});
