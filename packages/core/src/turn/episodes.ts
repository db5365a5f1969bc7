import type { HashOf } from "@plimsoll/core/policy";
import { type Danger, worse } from "@plimsoll/core/risk";
import type { Hash, Ms, Why } from "@plimsoll/core/units";
import type { Decision } from "./contract.ts";

/** One trouble from its beginning until it has been away for an hour; it is told once, and again when it gets worse. */
export interface Episode {
  readonly id: Hash;
  readonly worst: Danger;
  readonly seen: Ms;
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
  const before = episodes.get(identity);
  const id = before?.id ?? hashOf(["episode", identity, now]);
  const worst = before === undefined ? danger : worse(before.worst, danger);
  episodes.set(identity, { id, worst, seen: now });
  if (before !== undefined && worst === before.worst) return [];
  return [{ type: "alert", episode: id, danger, why: because }];
}

/** Notes that a trouble is not there now. */
export function calm(episodes: Episodes, identity: string, now: Ms): void {
  const episode = episodes.get(identity);
  if (episode !== undefined && now - episode.seen >= AWAY_MS) episodes.delete(identity);
}
