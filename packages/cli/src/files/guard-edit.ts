import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Guard } from "@plimsoll/core/policy";
import { type Ms, type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import { type Document, type YAMLMap, type YAMLSeq, isMap, isSeq, parseDocument } from "yaml";
import { readBookFile } from "./book-file.ts";
import { readConfig } from "./config-file.ts";
import { slug } from "./guard-file.ts";

/** The guards that a file says, and the same after a change that is not written yet. */
export interface GuardChange {
  readonly before: readonly Guard[];
  readonly after: readonly Guard[];
  /** Puts the changed text in the file's place, whole or not at all. */
  readonly write: () => void;
}

/** How a file's list of guards is changed in its own text; comments and layout stay. */
export type GuardEdit = (guards: YAMLSeq, document: Document) => Result<void, Why>;

/** The guards of a book or a config file. */
export function readGuards(path: string): Result<readonly Guard[], Why> {
  return guardsOfText(path, readText(path));
}

/**
 * Changes the guards of a file, and reads the result as any run would: a change that does not read well is refused with the
 * place that is wrong, and nothing is written.
 */
export function changeGuards(path: string, edit: GuardEdit): Result<GuardChange, Why> {
  const text = readText(path);
  const before = guardsOfText(path, text);
  if (!before.ok) return before;
  const document = parseDocument(text ?? "");
  if (!isSeq(document.get("guards"))) document.set("guards", document.createNode([]));
  const guards = document.get("guards") as YAMLSeq;
  guards.flow = false;
  const edited = edit(guards, document);
  if (!edited.ok) return edited;
  const changed = document.toString({ lineWidth: 0 });
  const after = guardsOfText(path, changed);
  if (!after.ok) return after;
  return ok({ before: before.value, after: after.value, write: () => replaceText(path, changed) });
}

/** Adds a guard at the end. */
export const adding =
  (written: unknown): GuardEdit =>
  (guards, document) => {
    guards.add(document.createNode(written));
    return ok(undefined);
  };

/** Takes a guard out; one that is armed is disarmed first. */
export const removing =
  (name: string): GuardEdit =>
  (guards) => {
    const found = entryOf(guards, name);
    if (!found.ok) return found;
    if (found.value.entry.get("mode") === "armed")
      return fail(why("guard/armed", { guard: name, next: `plimsoll guard disarm FILE "${name}" first` }));
    guards.delete(found.value.index);
    return ok(undefined);
  };

/** Arms or disarms; `confirmed` is the hash of the version that a person looked at. */
export const setting =
  (name: string, mode: Guard["mode"], confirmed: string): GuardEdit =>
  (guards) => {
    const found = entryOf(guards, name);
    if (!found.ok) return found;
    found.value.entry.set("mode", mode);
    if (mode === "armed") found.value.entry.delete("confirmed");
    else found.value.entry.set("confirmed", confirmed);
    return ok(undefined);
  };

function entryOf(guards: YAMLSeq, name: string): Result<{ readonly index: number; readonly entry: YAMLMap }, Why> {
  const entries = guards.items.filter((item): item is YAMLMap => isMap(item));
  const index = guards.items.findIndex((item) => isMap(item) && nameIn(item, name));
  const entry = guards.items[index];
  if (isMap(entry)) return ok({ index, entry });
  const known = entries.map((each) => String(each.get("name"))).join(", ");
  const next = known === "" ? "the file has no guards" : `write one of: ${known}`;
  return fail(why("usage", { detail: `no guard is named ${name}`, next }));
}

const nameIn = (entry: YAMLMap, name: string): boolean => {
  const written = String(entry.get("name"));
  return written === name || slug(written) === name;
};
function guardsOfText(path: string, text: string | undefined): Result<readonly Guard[], Why> {
  if (text === undefined)
    return fail(why("file-unreadable", { where: path, next: "check the path and the permissions" }));
  const isConfig = /^\s*["']?plimsoll["']?\s*:\s*["']?config\//m.test(text);
  const part = `${path}.part`;
  try {
    writeFileSync(part, text, { mode: 0o600 });
    const now: Ms = ms(Date.now());
    const read = isConfig ? readConfig(part, {}, {}) : readBookFile(part, now);
    return read.ok ? ok(read.value.guards) : fail(renamed(read.failure, part, path));
  } finally {
    rmSync(part, { force: true });
  }
}

const renamed = ({ code, facts }: Why, from: string, to: string): Why =>
  why(code, Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, value.replaceAll(from, to)])));

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function replaceText(path: string, text: string): void {
  writeFileSync(`${path}.part`, text, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}
