import { unwatchFile, watchFile } from "node:fs";
import type { Why } from "@plimsoll/core/units";
import type { Keeper } from "@plimsoll/keeper";
import { type LayeredConfig, readConfig } from "./files/config-file.ts";

/** How often the file is looked at. */
const EVERY_MS = 1_000;

/** A file, and the flags above it, as a run was started with them. */
export interface ConfigFile {
  readonly path: string;
  readonly flags: Parameters<typeof readConfig>[2];
}

/**
 * Takes guards and reserves from the config file again whenever it changes, so that the file stays the one place where they stand.
 * A file that does not read well changes nothing. Everything else in it takes effect at the next start.
 * @param said is told what came of each change. @returns what ends it.
 */
export function followConfig(
  { path, flags }: ConfigFile,
  keeper: Pick<Keeper, "setPolicy">,
  said: (what: { readonly changed: LayeredConfig } | { readonly refused: Why }) => void,
): () => void {
  const reread = () => {
    const layers = readConfig(path, process.env, flags);
    if (!layers.ok) return said({ refused: layers.failure });
    const { guards, reserves, confirmed } = layers.value;
    keeper.setPolicy({ guards, reserves, confirmed }).then(
      () => said({ changed: layers.value }),
      () => undefined, // the keeper has stopped, and that was said then
    );
  };
  watchFile(path, { interval: EVERY_MS, persistent: false }, reread);
  return () => unwatchFile(path, reread);
}
