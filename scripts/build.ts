import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { binOf, filesUnder, root, step } from "./run.ts";

const cache = join(root, ".cache");

/** Hash over the inputs of a build: paths and contents. */
function inputHash(folders: readonly string[]): string {
  const digest = createHash("sha256");
  for (const file of folders.flatMap((folder) => filesUnder(join(root, folder))))
    digest.update(relative(root, file)).update(readFileSync(file));
  return digest.digest("hex");
}

/** Builds the dashboard where its sources changed since the last build; two starters at once build once. */
export async function buildWeb(): Promise<void> {
  const wanted = inputHash([
    "packages/web",
    "packages/core/src",
    "packages/server/src/contract",
    "packages/server/src/display",
  ]);
  const stamp = join(cache, "web.stamp");
  const built = () =>
    existsSync(join(root, "packages/web/dist/index.html")) &&
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === wanted;
  if (built()) return;
  await locked("web.lock", () => {
    if (built()) return;
    step("build the dashboard", binOf("vite"), ["build", "packages/web", "--logLevel", "warn"]);
    writeFileSync(stamp, wanted);
  });
}

async function locked(name: string, work: () => void): Promise<void> {
  const folder = join(cache, name);
  mkdirSync(cache, { recursive: true });
  for (;;) {
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, "pid"), String(process.pid));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (!ownerLives(join(folder, "pid"))) rmSync(folder, { recursive: true, force: true });
    else await sleep(200);
  }
  try {
    work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownerLives(pidFile: string): boolean {
  try {
    process.kill(Number(readFileSync(pidFile, "utf8")), 0);
    return true;
  } catch (error) {
    // A lock whose owner has not written its pid yet is young, not dead.
    return (error as NodeJS.ErrnoException).code === "ENOENT" && existsSync(pidFile.slice(0, -4));
  }
}
