import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";

/** Folder of a package as installed for the file `from`, by its manifest's place: `exports` may hide the manifest itself. */
export function folderOf(name: string, from: string): string | undefined {
  for (const base of createRequire(from).resolve.paths(name) ?? []) {
    const folder = join(base, name);
    if (existsSync(join(folder, "package.json"))) return folder;
  }
  return undefined;
}

/** "name@version" by the manifest. */
export const versionOf = (folder: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  return `${name}@${version}`;
};

/** That a part of the development set-up is not installed. */
export const missing = (what: string) =>
  fail(
    why("chain/missing-dependency", {
      what,
      next: "run npm install in a checkout of the repository; neither compiler nor local chain is part of the published package",
    }),
  );

/** Folder and version of a development package as installed for the file `from`, or that it is not there. */
export function findPackage(
  name: string,
  from: string = import.meta.url,
): Result<{ readonly folder: string; readonly version: string }, Why> {
  const folder = folderOf(name, from);
  return folder === undefined ? missing(name) : ok({ folder, version: versionOf(folder) });
}
