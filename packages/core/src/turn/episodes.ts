import type { HashOf } from "@plimsoll/core/policy";
import { type Danger, dangers, worse } from "@plimsoll/core/risk";
import type { Hash, Ms, Why } from "@plimsoll/core/units";
import type { Decision } from "./contract.ts";

/** One trouble from its beginning until it has been away for an hour; it is told once, and again when it gets worse. */
export interface Episode {
  readonly id: Hash;
  readonly first: Ms;
  readonly worst: Danger;
  /** When it was there last, how bad it was then, and the number that decided it. */
  readonly seen: Ms;
  readonly danger: Danger;
  readonly because: Why;
  /** It is known to have ended: should it return it is another one, told anew. */
  readonly over?: true;
}
export type Episodes = Map<string, Episode>;

/** A trouble that returns within the hour is the same one: levels are released not within 60 minutes of an extreme. */
const AWAY_MS = 3_600_000;

/** Notes that a trouble is there. @returns the alert to send, if it is new or worse than told. */
export function raise(
  episodes: Episodes,
  identity: string,
  { danger, because, now }: { readonly danger: Danger; readonly because: Why; readonly now: Ms },
  hashOf: HashOf,
): readonly Decision[] {
  calm(episodes, identity, now);
  const held = episodes.get(identity);
  const before = held?.over === true ? undefined : held;
  const id = before?.id ?? hashOf(["episode", identity, now]);
  const worst = before === undefined ? danger : worse(before.worst, danger);
  episodes.set(identity, { id, first: before?.first ?? now, worst, seen: now, danger, because });
  if (before !== undefined && worst === before.worst) return [];
  return [{ type: "alert", episode: id, danger, why: because }];
}

/** Notes that a trouble is not there now. */
export function calm(episodes: Episodes, identity: string, now: Ms): void {
  const episode = episodes.get(identity);
  if (episode !== undefined && now - episode.seen >= AWAY_MS) episodes.delete(identity);
}

/** Ends a trouble of which it is known when it ends; it is shown for its hour. @returns whether it was there. */
export function end(episodes: Episodes, identity: string, now: Ms): boolean {
  const episode = episodes.get(identity);
  calm(episodes, identity, now);
  if (episode === undefined || episode.over === true) return false;
  if (episodes.has(identity)) episodes.set(identity, { ...episode, over: true });
  return true;
}

/** What is there, or was within the hour, the worst first. */
export const lasting = (episodes: Episodes, now: Ms): readonly (Episode & { readonly identity: string })[] =>
  [...episodes]
    .filter(([, { seen }]) => now - seen < AWAY_MS)
    .map(([identity, episode]) => ({ identity, ...episode }))
    .toSorted((a, b) => dangers.indexOf(b.worst) - dangers.indexOf(a.worst) || (a.identity < b.identity ? -1 : 1));

/** What of the episodes decides what is told: all else only shows them. */
export const told = (episodes: Episodes): ReadonlyMap<string, Pick<Episode, "id" | "worst" | "seen" | "over">> =>
  new Map(
    [...episodes].map(([identity, { id, worst, seen, over }]) => [
      identity,
      { id, worst, seen, ...(over && { over }) },
    ]),
  );
