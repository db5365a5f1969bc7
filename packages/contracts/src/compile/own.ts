import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type Artifacts, type CompileJob, compileOnce, entryOf, settings, sha256 } from "./compile.ts";
import { findPackage } from "./find-package.ts";
import { withLock } from "./lock.ts";

const folder = join(import.meta.dirname, "../../solidity/");
const prefix = "guardian/";
const cache = join(import.meta.dirname, "../../../../.cache/chain");

/** Text of every Solidity file of the package by its path, without its ending; each holds the contract that it is named for. */
const readTexts = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".sol"))
      .toSorted()
      .map((path) => [path.slice(0, -".sol".length).replaceAll("\\", "/"), readFileSync(join(folder, path), "utf8")]),
  );

/** A job for contracts of this package, and what decides its outcome. */
function jobOf(paths: readonly string[]): Result<{ readonly job: CompileJob; readonly key: string }, Why> {
  const solc = findPackage("solc");
  if (!solc.ok) return solc;
  const entries = paths.map(entryOf(prefix));
  const job: CompileJob = { solc: solc.value.folder, sources: [[prefix, folder]], settings, entries, runtime: true };
  const key = sha256(JSON.stringify([settings, solc.value.version, paths, readTexts()])).slice(0, 16);
  return ok({ job, key });
}

/**
 * Compiles contracts of this package, or reads what an earlier run compiled.
 * @param paths under `solidity`, without their ending: "Guardian", "testing/OracleVenue".
 * @returns artifacts by contract name, run-time code included; the compiler's complaint; or that there is none.
 */
export async function compileOwn(
  paths: readonly string[],
  cacheFolder: string = cache,
): Promise<Result<Artifacts, Why>> {
  const made = jobOf(paths);
  if (!made.ok) return made;
  const { job, key } = made.value;
  return withLock(join(cacheFolder, "guardian-lock"), () =>
    compileOnce(job, join(cacheFolder, `guardian-${key}.json`), () => {}),
  );
}
