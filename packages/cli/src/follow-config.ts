import { readFileSync } from "node:fs";
import type { Result, Why } from "@plimsoll/core/units";
import type { Keeper } from "@plimsoll/keeper";
import { type LayeredConfig, readConfig } from "./files/config-file.ts";

/** How often the file is looked at. */
const EVERY_MS = 1_000;

/** A file, and the flags above it, as a run was started with them. */
export interface ConfigFile {
  readonly path: string;
  readonly flags: Parameters<typeof readConfig>[2];
}

/** Puts the file's guards and reserves, as they stand now, in place; one that does not read well changes nothing. */
export async function takeConfig(
  { path, flags }: ConfigFile,
  keeper: Pick<Keeper, "setPolicy">,
): Promise<Result<LayeredConfig, Why>> {
  const layers = readConfig(path, process.env, flags);
  if (!layers.ok) return layers;
  const { guards, reserves, confirmed } = layers.value;
  await keeper.setPolicy({ guards, reserves, confirmed });
  return layers;
}

/**
 * Takes guards and reserves from the config file again whenever it changes, so that the file stays the one place where they stand.
 * A file that does not read well changes nothing. Everything else in it takes effect at the next start.
 * @param said is told what came of each change. @returns what ends it.
 */
export function followConfig(
  file: ConfigFile,
  keeper: Pick<Keeper, "setPolicy">,
  said: (what: { readonly changed: LayeredConfig } | { readonly refused: Why }) => void,
): () => void {
  const reread = () =>
    void takeConfig(file, keeper).then(
      (taken) => said(taken.ok ? { changed: taken.value } : { refused: taken.failure }),
      () => undefined, // the keeper has stopped, and that was said then
    );
  // compared by its text: a watcher that takes its first look later than we would miss what was written in between
  let text = textOf(file.path);
  const timer = setInterval(() => {
    const now = textOf(file.path);
    if (now === text) return;
    text = now;
    reread();
  }, EVERY_MS);
  return () => clearInterval(timer);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // it is being replaced, or gone: reading it says so
  }
}
