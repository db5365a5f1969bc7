import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";

/** The development parts of the chain: never dependencies of what is published, because the contracts are BUSL. */
export interface Dependencies {
  readonly anvil: string;
  readonly solc: string;
  /** Import prefix in Solidity to folder on disk. */
  readonly sources: readonly (readonly [prefix: string, folder: string])[];
  /** Name and version of everything that decides the bytecode. */
  readonly versions: readonly string[];
}

/** Folder of a package as installed for the file `from`, by its manifest's place: `exports` may hide the manifest itself. */
function folderOf(name: string, from: string): string | undefined {
  for (const base of createRequire(from).resolve.paths(name) ?? []) {
    const folder = join(base, name);
    if (existsSync(join(folder, "package.json"))) return folder;
  }
  return undefined;
}

const versionOf = (folder: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  return `${name}@${version}`;
};

const missing = (what: string) =>
  fail(
    why("chain/missing-dependency", {
      what,
      next: "run npm install in a checkout of the repository; the local chain is not part of the published package",
    }),
  );

const platforms: Record<string, string> = { linux: "linux", darwin: "darwin", win32: "win32" };
const architectures: Record<string, string> = { x64: "amd64", arm64: "arm64" };

/** Path of the anvil binary of this platform. */
function findAnvil(from: string): string | undefined {
  const folder = folderOf(`@foundry-rs/anvil-${platforms[process.platform]}-${architectures[process.arch]}`, from);
  if (folder === undefined) return undefined;
  const binary = join(folder, "bin", process.platform === "win32" ? "anvil.exe" : "anvil");
  return existsSync(binary) ? binary : undefined;
}

/** Folder and version of a development package as installed for the file `from`, or that it is not there. */
export function findPackage(
  name: string,
  from: string = import.meta.url,
): Result<{ readonly folder: string; readonly version: string }, Why> {
  const folder = folderOf(name, from);
  return folder === undefined ? missing(name) : ok({ folder, version: versionOf(folder) });
}

/** Finds compiler, contract sources and node as installed for the file `from`, or says which one is not there. */
export function findDependencies(from: string = import.meta.url): Result<Dependencies, Why> {
  const anvil = findAnvil(from);
  if (anvil === undefined) return missing(`@foundry-rs/anvil for ${process.platform} ${process.arch}`);
  const names = [
    "solc",
    "@aave-dao/aave-v3-origin",
    "@bgd-labs/solidity-utils",
    "@openzeppelin/contracts",
    "@openzeppelin/contracts-upgradeable",
  ] as const;
  const folders = names.map((name) => folderOf(name, from));
  const absent = names.filter((_, index) => folders[index] === undefined);
  if (absent.length > 0) return missing(absent.join(", "));
  const [solc, aave, utils, openzeppelin, upgradeable] = folders as [string, string, string, string, string];
  return ok({
    anvil,
    solc,
    sources: [
      ["aave/", join(aave, "src/contracts/")],
      ["solidity-utils/", join(utils, "src/")],
      ["openzeppelin-contracts-upgradeable/contracts/", `${upgradeable}/`],
      ["openzeppelin-contracts/contracts/", `${openzeppelin}/`],
      ["@openzeppelin/contracts/", `${openzeppelin}/`],
      ["plimsoll/", join(import.meta.dirname, "../../solidity/")],
    ],
    versions: [solc, aave, utils, openzeppelin, upgradeable, dirname(dirname(anvil))].map(versionOf),
  });
}
