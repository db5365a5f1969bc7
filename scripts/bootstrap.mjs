// Installs what the lock file names, once per lock file and platform. Plain JavaScript: the host's node may be older than the project's.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, "node_modules", ".plimsoll-stamp");
const lockFolder = join(root, ".cache", "install.lock");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .update(`${process.platform} ${process.arch}`)
  .digest("hex");

const installed = () => existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted;

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** mkdir is atomic: one owner installs, others wait; the lock of a dead owner is removed. */
function takeLock() {
  mkdirSync(join(root, ".cache"), { recursive: true });
  for (let waited = 0; ; waited += 200) {
    try {
      mkdirSync(lockFolder);
      writeFileSync(join(lockFolder, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (waited === 0) console.log("plimsoll: another installation is running, waiting for it");
    const pidFile = join(lockFolder, "pid");
    const owner = existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8")) : 0;
    if (owner > 0 ? !alive(owner) : waited > 5000) rmSync(lockFolder, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function install() {
  const npm = process.env.npm_execpath;
  if (npm === undefined) throw new Error("plimsoll: start this through npm: npm start, or npm test");
  console.log("plimsoll: installing dependencies (first start, or the lock file changed)");
  const run = spawnSync(process.execPath, [npm, "ci", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (run.status !== 0) {
    console.error(
      "plimsoll: npm ci failed; its message is above. Next: check the network and the disk, then run the same command again.",
    );
    process.exit(1);
  }
  writeFileSync(stampFile, wanted);
}

if (!installed()) {
  takeLock();
  try {
    if (!installed()) install();
  } finally {
    rmSync(lockFolder, { recursive: true, force: true });
  }
}
