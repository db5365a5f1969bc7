import { type Guard, type Loosening, loosens } from "@plimsoll/core/policy";
import { type Hash, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type GuardChange, changeGuards, readGuards, setting } from "./files/guard-edit.ts";
import { entryName, guardsNamed, versionOf } from "./files/guard-version.ts";

/** How much of a version's hash a person types. */
export const TYPED = 12;

/** One entry of a file: one guard, or the rungs of its ladder, and the hash of all that it says. */
export interface Found {
  readonly id: string;
  readonly guards: readonly Guard[];
  readonly version: Hash;
}

/** The entry of a name or an id, a rung's too; `guard/unknown` says which there are. */
export function findGuard(file: string, name: string): Result<Found, Why> {
  const guards = readGuards(file);
  return guards.ok ? findIn(guards.value, name) : guards;
}

/** The same among guards that were read. */
export function findIn(guards: readonly Guard[], name: string): Result<Found, Why> {
  const [found] = guardsNamed(guards, name);
  if (found !== undefined) {
    const id = entryName(found);
    return ok({ id, guards: guardsNamed(guards, id), version: versionOf(guards, id) });
  }
  const known = guards.map(({ id }) => id).join(", ");
  const next = known === "" ? "plimsoll guard add FILE --from GUARD.yaml" : `write one of: ${known}`;
  return fail(why("guard/unknown", { detail: `no guard is named ${name}`, next }));
}

/** An entry before and after a change of its mode that is not written yet; `version` confirms exactly this. */
export interface ModeStep extends Pick<GuardChange, "write"> {
  readonly id: string;
  readonly before: readonly Guard[];
  readonly after: readonly Guard[];
  readonly version: Hash;
}

/** Arms an entry or puts it in shadow; a version that loosens is written with its own hash, as confirmed by a person. */
export function stepTo(file: string, name: string, mode: Guard["mode"]): Result<ModeStep, Why> {
  const found = findGuard(file, name);
  if (!found.ok) return found;
  const { id, guards: before } = found.value;
  const seen = changeGuards(file, setting(id, mode, "0".repeat(64)));
  if (!seen.ok) return seen;
  const version = versionOf(seen.value.after, id);
  const change = mode === "armed" ? seen : changeGuards(file, setting(id, mode, version));
  if (!change.ok) return change;
  const { after, write } = change.value;
  return ok({ id, before, after: guardsNamed(after, id), version, write });
}

/** Whether a person named the version that they looked at, by its hash or by enough of its beginning. */
export function confirms(given: string, is: Hash): Result<void, Why> {
  if (given.length >= TYPED && is.startsWith(given)) return ok(undefined);
  const next = "look at the guard again: it is not what you saw";
  return fail(why("guard/wrong-hash", { given, is: is.slice(0, TYPED), next }));
}

/** What of a change loosens, by guard. */
export const looseningsOf = ({ before, after }: ModeStep): readonly (Loosening & { readonly guard: string })[] =>
  after.flatMap((guard) => {
    const from = before.find(({ id }) => id === guard.id);
    return from === undefined ? [] : loosens(from, guard).map((each) => ({ guard: guard.id, ...each }));
  });
