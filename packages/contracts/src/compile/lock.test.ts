import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./lock.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a lock whose owner is dead is taken over", async () => {
  const lock = join(folder, "lock");
  const dead = spawn(process.execPath, ["-e", ""]);
  await once(dead, "exit");
  await mkdir(lock);
  await writeFile(join(lock, "pid"), String(dead.pid));
  expect(await withLock(lock, async () => "done")).toBe("done");
});

test("on a machine where nothing was compiled yet the lock makes the folder that it lies in", async () => {
  expect(await withLock(join(folder, "cache/chain/lock"), async () => "done")).toBe("done");
});
