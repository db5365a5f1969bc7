import type { Change, Evidence, Scenery } from "@plimsoll/server/contract";
import { viewActivity } from "./activity.ts";
import { viewBook } from "./book.ts";
import type { LiveSource } from "./source.ts";
import { viewStory } from "./story.ts";

/** Entries that a dashboard gets at first and at most per change. */
export const RECENT = 50;

export const viewEvidence = (source: LiveSource): Evidence =>
  source.evidence?.() ?? { is: "none", why: "no evidence file has been written in this run" };

/** Everything a dashboard shows, read from the source now; `coverage` may be an earlier reading. */
export async function readScenery(source: LiveSource, coverage = source.coverage()): Promise<Scenery> {
  const happenings = await source.activity({ limit: RECENT });
  const story = source.story?.();
  return {
    book: viewBook(source.view(), coverage),
    ...(story && { story: viewStory(story) }),
    evidence: viewEvidence(source),
    activity: happenings.map(viewActivity),
  };
}

/** What changed from one scenery to the next; undefined when nothing did. */
export function changeOf(before: Scenery, after: Scenery): Change | undefined {
  const { accounts, ...head } = after.book;
  const { accounts: oldAccounts, ...oldHead } = before.book;
  const old = new Map(oldAccounts.map((account) => [account.key, account]));
  const order = accounts.map(({ key }) => key);
  const newest = before.activity[0]?.seq ?? 0;
  const change: Change = {
    ...(differs(head, oldHead) && { head }),
    accounts: accounts.filter((account) => differs(account, old.get(account.key))),
    ...(differs(
      order,
      oldAccounts.map(({ key }) => key),
    ) && { order }),
    ...(after.story && differs(after.story, before.story) && { story: after.story }),
    ...(differs(after.evidence, before.evidence) && { evidence: after.evidence }),
    activity: after.activity.filter(({ seq }) => seq > newest).toReversed(),
  };
  return Object.keys(change).length > 2 || change.accounts.length + change.activity.length > 0 ? change : undefined;
}

/** Both sides are plain data made by the same code, so equal values have equal text. */
const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a, steady) !== JSON.stringify(b, steady);

/** Covers are worked out anew at every reading: the same money a moment later is no change, or each delta would name every account. */
const steady = (name: string, value: unknown): unknown =>
  name === "covers" ? JSON.stringify(value, (inner, each) => (inner === "asOf" ? undefined : each) as unknown) : value;
