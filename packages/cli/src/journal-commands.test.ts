import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ms, utf8 } from "@plimsoll/core/units";
import { openReader, openStore } from "@plimsoll/keeper";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "./program.ts";

let folder = "";
const data = () => join(folder, "data");
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-journal-"));
  const store = await openStore(data());
  if (!store.ok) throw new Error(store.failure.code);
  const lease = await store.value.lease("book", "test", ms(60_000));
  if (!lease.ok) throw new Error(lease.failure.code);
  const entries = [1, 2, 3].map((number) => ({
    onceKey: `number ${number}`,
    at: ms(number),
    bytes: utf8(`{"n":${number}}`),
  }));
  await store.value.append(lease.value, 0n, entries);
  await store.value.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const said: string[] = [];
  const code = await main(args, { line: (text) => said.push(text), error: (text) => said.push(text), colour: false });
  return { code, said: said.join("\n") };
}

test("evidence of a data folder is verified with the key stored beside it, and nothing is overwritten", async () => {
  const file = join(folder, "evidence");
  const written = await run("evidence", file, "--data-dir", data());
  expect([written.code, written.said]).toEqual([0, expect.stringContaining(`plimsoll verify ${file} --key`)]);
  const verified = await run("verify", file, "--data-dir", data());
  expect([verified.code, verified.said]).toEqual([0, expect.stringContaining("good: 3 entries in 1 stream,")]);
  const again = await run("evidence", file, "--data-dir", data());
  expect([again.code, again.said]).toEqual([1, expect.stringContaining("name a file that does not exist")]);
});

test("a backup holds the same entries, and nothing is overwritten", async () => {
  const file = join(folder, "copy.sqlite");
  expect((await run("backup", file, "--data-dir", data())).code).toBe(0);
  const [original, copy] = [openReader(data()), openReader(file)];
  if (!original.ok || !copy.ok) throw new Error("not opened");
  expect(await copy.value.head("book")).toEqual(await original.value.head("book"));
  original.value.close();
  copy.value.close();
  expect((await run("backup", file, "--data-dir", data())).code).toBe(1);
});

test("a folder without a journal is said plainly, and nothing is left behind", async () => {
  const empty = join(folder, "empty");
  for (const verb of ["evidence", "backup"]) {
    const { code, said } = await run(verb, join(folder, "nothing"), "--data-dir", empty);
    expect([code, said]).toEqual([1, expect.stringContaining("name the data folder of a keeper that has run")]);
  }
  expect([existsSync(empty), existsSync(join(folder, "nothing"))]).toEqual([false, false]);
});
