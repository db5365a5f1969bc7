import { type Guard, guardHash, hashWith } from "@plimsoll/core/policy";
import type { Hash } from "@plimsoll/core/units";
import { sha256 } from "@plimsoll/keeper";
import type { WrittenGuard } from "./guard-file.ts";

/** The guards of one entry of a file, by its name or its id: one, or the rungs of its ladder. */
export const guardsNamed = (guards: readonly Guard[], name: string): readonly Guard[] =>
  guards.filter(({ id, name: own, rung }) => [id, own, rung?.of].includes(name) || own.startsWith(`${name}: `));

/** The id of the entry that a guard belongs to: its own, or its ladder's. */
export const entryName = ({ id, rung }: Guard): string => rung?.of ?? id;

/** One hash of all that an entry says: what a person confirms. */
export function versionOf(guards: readonly Guard[], name: string): Hash {
  const hashOf = hashWith(sha256);
  return hashOf(guardsNamed(guards, name).map((guard) => guardHash(hashOf, guard)));
}

/** Ids of the guards whose present version a person confirmed in the file. */
export const confirmedIn = (entries: readonly WrittenGuard[], guards: readonly Guard[]): readonly string[] =>
  entries.flatMap(({ name, confirmed }) =>
    confirmed !== undefined && confirmed === versionOf(guards, name)
      ? guardsNamed(guards, name).map(({ id }) => id)
      : [],
  );
