import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Called after each step, so that a test can end the process there. */
export type ReplaceStep = (done: "written" | "synced" | "renamed") => void;

/**
 * Puts a file in the place of another, readable by its owner alone: at any moment, also across a power cut, the name stands for
 * the old bytes or for the new ones, whole. What a killed process left beside it is removed.
 * @param unchanged asked at the last moment; where it says no nothing is replaced.
 * @returns whether it was replaced. @throws what the file system throws.
 */
export function replaceFile(
  file: string,
  bytes: Uint8Array,
  unchanged: () => boolean,
  step: ReplaceStep = () => {},
): boolean {
  const folder = dirname(file);
  for (const name of readdirSync(folder))
    if (name.startsWith(`${basename(file)}.`) && name.endsWith(".part")) rmSync(join(folder, name), { force: true });
  const part = `${file}.${process.pid}.part`;
  try {
    const handle = openSync(part, "wx", 0o600);
    try {
      writeFileSync(handle, bytes);
      step("written");
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    step("synced");
    if (!unchanged()) return false;
    renameSync(part, file);
    step("renamed");
    syncFolder(folder);
    return true;
  } finally {
    rmSync(part, { force: true });
  }
}

/** Without it a power cut may forget the new name. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
