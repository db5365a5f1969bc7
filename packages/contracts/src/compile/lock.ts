import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a lock may stand without its owner's id before it counts as abandoned. */
const UNSIGNED_MS = 2_000;

/**
 * Runs `work` while holding a lock folder (mkdir is atomic), waiting for another living owner; a dead owner's lock is removed. The folder
 * above it is made where it is missing.
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const owner = join(folder, "pid");
  await mkdir(dirname(folder), { recursive: true });
  for (let unsignedMs = 0; !(await take(folder));) {
    const pid = Number(await readFile(owner, "utf8").catch(() => "0"));
    unsignedMs = pid === 0 ? unsignedMs + 100 : 0;
    if ((pid !== 0 && !alive(pid)) || unsignedMs > UNSIGNED_MS) await rm(folder, { recursive: true, force: true });
    else await sleep(100);
  }
  try {
    await writeFile(owner, String(process.pid));
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function take(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
