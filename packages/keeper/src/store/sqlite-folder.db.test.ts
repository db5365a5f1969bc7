import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { GENESIS, entryHash } from "@plimsoll/core/journal";
import { hex } from "@plimsoll/core/units";
import { afterAll, expect, test } from "vitest";
import { sha256 } from "./crypto.ts";
import { openFolder } from "./sqlite-folder.ts";
import { openReader } from "./sqlite-reader.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "plimsoll-folder-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const fresh = () => mkdtempSync(join(root, "data-"));
const child = fileURLToPath(new URL("../testing/acknowledge.ts", import.meta.url));

test("a commit that was acknowledged survives SIGKILL at any moment, and the chain is whole", async () => {
  const folder = fresh();
  for (let round = 0; round < 6; round++) {
    const running = spawn(process.execPath, [child, folder], { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    running.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    await once(running.stdout, "data");
    await wait(10 + 37 * round);
    running.kill("SIGKILL");
    await once(running, "close");
    const acknowledged = BigInt(printed.trimEnd().split("\n").at(-1)!);

    const reader = openReader(folder);
    if (!reader.ok) throw new Error(reader.failure.code);
    let [prev, rows] = [GENESIS, 0n];
    for await (const { hash, ...entry } of reader.value.read("rows", 1n)) {
      rows += 1n;
      expect([entry.seq, entry.onceKey, hex(entry.prev)]).toEqual([rows, `row-${rows}`, hex(prev)]);
      expect(hex(entryHash({ sha256 }, entry))).toBe(hex(hash));
      prev = hash;
    }
    reader.value.close();
    expect(rows).toBeGreaterThanOrEqual(acknowledged);
  }
});

test("a second process on the folder is told who holds it, and gets it when the holder was killed", async () => {
  const folder = fresh();
  const running = spawn(process.execPath, [child, folder], { stdio: ["ignore", "pipe", "inherit"] });
  await once(running.stdout, "data");
  expect(openSqliteStore(folder)).toMatchObject({
    failure: { code: "store/folder-in-use", facts: { pid: String(running.pid) } },
  });
  running.kill("SIGKILL");
  await once(running, "close");
  const after = openSqliteStore(folder);
  expect(after.ok).toBe(true);
  expect(openFolder(folder)).toMatchObject({ failure: { facts: { pid: String(process.pid) } } });
  if (after.ok) await after.value.close();
});

test("a folder that cannot be written is said plainly", () => {
  const folder = fresh();
  chmodSync(root, 0o755);
  chmodSync(folder, 0o555);
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    chownSync(folder, 65534, 65534);
    process.seteuid?.(65534);
  }
  try {
    for (const path of [folder, join(folder, "below")])
      expect(openSqliteStore(path)).toMatchObject({
        failure: { code: "store/folder-not-writable", facts: { folder: path } },
      });
  } finally {
    if (asRoot) process.seteuid?.(0);
    chmodSync(folder, 0o755);
  }
});

test("a reader of a folder without a journal is told so", () => {
  expect(openReader(fresh())).toMatchObject({ failure: { code: "store/no-journal" } });
});
