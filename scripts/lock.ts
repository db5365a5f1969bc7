// The lock file must name every platform's binaries, or a clean installation is refused. Reports; --write completes.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.ts";

interface Entry {
  version?: string;
  resolved?: string;
  link?: boolean;
  dev?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}
interface Lock {
  packages: Record<string, Entry>;
}

const file = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8")) as Lock;

// oxfmt-ignore
const words = {
  os: { linux: "linux", darwin: "darwin", macos: "darwin", win32: "win32", win: "win32", windows: "win32", android: "android", freebsd: "freebsd", openbsd: "openbsd", netbsd: "netbsd", openharmony: "openharmony", sunos: "sunos", aix: "aix" },
  cpu: { x64: "x64", amd64: "x64", arm64: "arm64", aarch64: "arm64", arm: "arm", ia32: "ia32", ppc64: "ppc64", riscv64: "riscv64", s390x: "s390x", loong64: "loong64", mips64el: "mips64el", wasm32: "wasm32" },
  libc: { gnu: "glibc", glibc: "glibc", musl: "musl" },
} as const;

/** A platform word by its longest prefix ("gnueabihf" is gnu, "arm64" is not arm). */
function readWord(table: Readonly<Record<string, string>>, parts: readonly string[]): string | undefined {
  const candidates = Object.keys(table).toSorted((a, b) => b.length - a.length);
  for (const part of parts) {
    const found = candidates.find((word) => part === word) ?? candidates.find((word) => part.startsWith(word));
    if (found !== undefined) return table[found];
  }
  return undefined;
}

function platformOf(name: string): Pick<Entry, "os" | "cpu" | "libc"> {
  const parts = (name.split("/").at(-1) ?? name).split(/[-_.]/);
  const [os, cpu, libc] = [readWord(words.os, parts), readWord(words.cpu, parts), readWord(words.libc, parts)];
  if (os === undefined && cpu === undefined)
    throw new Error(`${name} tells no platform: complete the lock file by hand`);
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) };
}

/** Whether the package is found from `parent` upward, as node resolves it. */
function present(parent: string, name: string): boolean {
  for (let at = parent; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    const prefix = at === "" ? "" : `${at}/`;
    if (lock.packages[`${prefix}node_modules/${name}`] !== undefined) return true;
    if (at === "") return false;
  }
}

const missing = new Map<string, Entry>();
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (present(parent, name)) continue;
    missing.set(`node_modules/${name}`, {
      version,
      ...(entry.dev && { dev: true }),
      optional: true,
      ...platformOf(name),
    });
  }
}
const located = Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.startsWith("http") === true);

if (located.length > 0) {
  console.error(
    `package-lock.json names download addresses (${located[0]?.[0]}, ...): keep omit-lockfile-registry-resolved in .npmrc`,
  );
  process.exit(1);
}
if (process.argv.includes("--write")) {
  const entries = [...Object.entries(lock.packages), ...missing].toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
  console.log(`package-lock.json: ${missing.size} platform entries added`);
} else if (missing.size > 0) {
  console.error(
    `package-lock.json lacks ${missing.size} platform packages (${[...missing.keys()][0]}, ...): run npm run deps:lock`,
  );
  process.exit(1);
}
