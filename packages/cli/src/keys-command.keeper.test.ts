// The key store as a person uses it: real processes, real files, a terminal where the machine has one to lend.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readKeys } from "@plimsoll/keeper";
import { generateX25519Identity } from "age-encryption";
import { afterAll, beforeEach, expect, test } from "vitest";
import { Child } from "./testing/child.ts";

const PASSPHRASE = "correct horse battery";
const SECRET = "s3cret-canary-4711";
const root = mkdtempSync(join(tmpdir(), "plimsoll-keys-cli-"));
const identityFile = join(root, "identity.txt");
const identity = await generateX25519Identity();
writeFileSync(identityFile, `# created: today\n# public key: none of your business\n${identity}\n`, { mode: 0o600 });
let data = "";
beforeEach(() => {
  data = mkdtempSync(join(root, "data-"));
});
afterAll(async () => {
  await Child.endAll();
  rmSync(root, { recursive: true });
});

async function keys(input: string, ...args: readonly string[]) {
  const child = new Child(["keys", ...args, "--data-dir", data], { input });
  const code = await child.exit();
  expect(child.out + child.errors).not.toContain(SECRET);
  expect(child.out + child.errors).not.toContain(PASSPHRASE);
  return { code, out: child.out, errors: child.errors };
}
const lines = (...each: readonly string[]) => `${each.join("\n")}\n`;
const addRead = ["add", "desk-read", "--venue", "binance", "--for", "read"] as const;
const withIdentity = ["--identity", identityFile] as const;

test("add, list, rm by lines piped in: passphrase first, then each part; the secret is in no output", async () => {
  const added = await keys(lines(PASSPHRASE, "api-key-1", SECRET), ...addRead);
  expect([added.code, added.errors.includes("error")]).toEqual([0, false]);
  expect(added.out).toMatch(/^desk-read is added to .*keys\.age, a new store\. Fingerprint [0-9a-f]{16}\.$/m);
  const file = join(data, "keys.age");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "latin1")).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S+ 18\n/);
  const listed = await keys(lines(PASSPHRASE), "list");
  expect(listed.out).toMatch(/^desk-read +binance +read +[0-9a-f]{16} +\d{4}-\d\d-\d\d$/m);
  const wrong = await keys(lines("correct horse batterx"), "list");
  expect([wrong.code, wrong.errors]).toEqual([1, expect.stringContaining("this passphrase does not open")]);
  expect(await keys(lines(PASSPHRASE), "rm", "desk-read")).toMatchObject({
    code: 0,
    out: expect.stringContaining("until you delete it there"),
  });
  expect((await keys(lines(PASSPHRASE), "list")).out).toContain("The store has no keys.");
});

test("an identity opens it too; parts come from a file that is the owner's alone, one a line", async () => {
  const parts = join(root, "parts");
  writeFileSync(parts, lines("api-key-1", SECRET), { mode: 0o644 });
  const open = await keys("", ...addRead, ...withIdentity, "--from-file", parts);
  expect([open.code, open.errors]).toEqual([1, expect.stringContaining(`chmod 600 ${parts}`)]);
  spawnSync("chmod", ["600", parts]);
  expect((await keys("", ...addRead, ...withIdentity, "--from-file", parts)).code).toBe(0);
  const stored = await readKeys(join(data, "keys.age"), { identity });
  expect(stored.ok && stored.value[0]).toMatchObject({
    name: "desk-read",
    parts: { key: "api-key-1", secret: SECRET },
  });
  const okx = await keys("", "add", "o", "--venue", "okx", "--for", "trade", ...withIdentity, "--from-file", parts);
  expect([okx.code, okx.errors]).toEqual([
    2,
    expect.stringContaining("a key of okx has 3 parts, one a line: key, secret, passphrase; 2 were found"),
  ]);
});

// oxfmt-ignore
test.each([
  ["an argument",            [SECRET]],
  ["--secret",               ["--secret", SECRET]],
  ["--passphrase",           ["--passphrase", SECRET]],
])("a secret as %s is refused with the reason, and not repeated", async (_case, more) => {
  const ran = await keys("", ...addRead, ...more);
  expect([ran.code, ran.out]).toEqual([2, ""]);
  expect(ran.errors).toMatch(/a secret is never an argument: every user[\s\S]*Next: .*it has been shown/);
  expect(readdirSync(data)).toEqual([]);
});

test("an identity beside the store, a short passphrase, nothing piped in: refused with what to do", async () => {
  const beside = join(data, "identity.txt");
  writeFileSync(beside, identity, { mode: 0o600 });
  const near = await keys("", "list", "--identity", beside);
  expect([near.code, near.errors]).toEqual([
    1,
    expect.stringMatching(/whoever copies the folder has the keys\nNext: /),
  ]);
  const short = await keys(lines("short", "api-key-1", SECRET), ...addRead);
  expect([short.code, short.errors]).toEqual([1, expect.stringMatching(/passphrase short: has 5, needed 10\nNext: /)]);
  const nothing = await keys("", "list");
  expect([nothing.code, nothing.errors]).toEqual([1, expect.stringContaining("nothing was given for: Passphrase")]);
});

test("a damaged store is said to be damaged and is left as it is", async () => {
  await keys(lines("api-key-1", SECRET), ...addRead, ...withIdentity);
  const file = join(data, "keys.age");
  const bytes = readFileSync(file);
  bytes[bytes.length - 5]! ^= 1;
  writeFileSync(file, bytes);
  const ran = await keys(
    lines("api-key-2", SECRET),
    "add",
    "two",
    "--venue",
    "binance",
    "--for",
    "read",
    ...withIdentity,
  );
  expect([ran.code, ran.errors]).toEqual([1, expect.stringMatching(/keys\.age is damaged[\s\S]*Next: restore/)]);
  expect(readFileSync(file)).toEqual(bytes);
});

test("killed at any moment of an addition: the store is the old one or the new one, whole", async () => {
  expect(await keys(lines("api-key-1", SECRET), ...addRead, ...withIdentity)).toMatchObject({ code: 0 });
  const names = async () => {
    const read = await readKeys(join(data, "keys.age"), { identity });
    if (!read.ok) throw new Error(JSON.stringify(read.failure));
    return read.value.map(({ name }) => name);
  };
  const began = Date.now();
  const add = (name: string) => ["keys", "add", name, "--venue", "binance", "--for", "read", ...withIdentity];
  expect(await new Child([...add("whole"), "--data-dir", data], { input: lines("k", SECRET) }).exit()).toBe(0);
  const tookMs = Date.now() - began;
  let [before, cut] = [await names(), 0];
  for (let round = 0; round < 6; round++) {
    const child = new Child([...add(`k${round}`), "--data-dir", data], { input: lines("k", SECRET) });
    await sleep((tookMs * (4 + round)) / 9);
    if ((await child.end("SIGKILL")) !== 0) cut++;
    const after = await names();
    expect([before, [...before, `k${round}`]]).toContainEqual(after);
    before = after;
  }
  expect(cut).toBeGreaterThan(0);
});

// a terminal of its own, so that what it echoes is seen; util-linux has `script` almost everywhere
test("on a terminal the passphrase is asked for twice and nothing that is typed is echoed", async (context) => {
  if (spawnSync("script", ["--version"]).status !== 0) context.skip("this machine has no `script` to lend a terminal");
  const program = join(import.meta.dirname, "main.ts");
  const command = [process.execPath, program, "keys", ...addRead, "--data-dir", data].join(" ");
  const terminal = spawn("script", ["-qec", command, "/dev/null"]);
  let stdout = "";
  terminal.stdout.on("data", (chunk) => (stdout += String(chunk)));
  const ended = new Promise((done) => terminal.once("close", done));
  const answers = [
    ["key store (not shown)", PASSPHRASE],
    ["again (not shown)", PASSPHRASE],
    ["binance key (not shown)", "api-key-1"],
    ["binance secret (not shown)", `${SECRET}x\u007F`],
  ] as const;
  for (const [asked, answer] of answers) {
    for (const deadline = Date.now() + 30_000; !stdout.includes(asked) && Date.now() < deadline;) await sleep(50);
    await sleep(100);
    terminal.stdin.write(`${answer}\r`);
  }
  await ended;
  expect(stdout).toContain("Passphrase of the key store, again (not shown): ");
  expect(stdout).toContain("binance secret (not shown): ");
  expect(stdout).toContain("desk-read is added");
  for (const hidden of [PASSPHRASE, "api-key-1", SECRET]) expect(stdout).not.toContain(hidden);
  const read = await readKeys(join(data, "keys.age"), { passphrase: PASSPHRASE });
  expect(read.ok && read.value[0]?.parts).toEqual({ key: "api-key-1", secret: SECRET });
});
