import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { folderOf, missing, versionOf } from "@plimsoll/contracts/compile";
import { type Result, type Why, ok } from "@plimsoll/core/units";

/** The development parts of the chain: never dependencies of what is published, because the contracts are BUSL. */
export interface Dependencies {
  readonly anvil: string;
  readonly solc: string;
  /** Import prefix in Solidity to folder on disk. */
  readonly sources: readonly (readonly [prefix: string, folder: string])[];
  /** Name and version of everything that decides the bytecode. */
  readonly versions: readonly string[];
}

const platforms: Record<string, string> = { linux: "linux", darwin: "darwin", win32: "win32" };
const architectures: Record<string, string> = { x64: "amd64", arm64: "arm64" };

/** Path of the anvil binary of this platform. */
function findAnvil(from: string): string | undefined {
  const folder = folderOf(`@foundry-rs/anvil-${platforms[process.platform]}-${architectures[process.arch]}`, from);
  if (folder === undefined) return undefined;
  const binary = join(folder, "bin", process.platform === "win32" ? "anvil.exe" : "anvil");
  return existsSync(binary) ? binary : undefined;
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
