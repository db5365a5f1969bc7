import { type Terms, inForce, parameterSet } from "@plimsoll/core/book";
import type { Store } from "@plimsoll/core/journal";
import type { Ms } from "@plimsoll/core/units";
import { readJournal } from "./ledger.ts";

/** A terms document as the journal keeps it: with when it was learnt. */
export interface LearntTerms {
  readonly learntAt: Ms;
  readonly terms: Terms<unknown>;
}

/**
 * Every document of a venue's rules that a journal holds, in the order in which they were learnt; each stands once for as long
 * as it was read again unchanged. Reads the whole journal.
 */
export async function readTermsHistory(
  store: Pick<Store, "read" | "streams">,
  isWanted: (terms: Terms<unknown>) => boolean,
): Promise<readonly LearntTerms[]> {
  const history: LearntTerms[] = [];
  const last = new Map<string, string>();
  for await (const { at, record } of readJournal(store)) {
    if (record.kind !== "input" || record.input.event.type !== "terms") continue;
    const { terms } = record.input.event;
    if (!isWanted(terms)) continue;
    const [set, text] = [parameterSet(terms), `${terms.hash} ${terms.source}`];
    if (last.get(set) === text) continue;
    last.set(set, text);
    history.push({ learntAt: at, terms });
  }
  return history;
}

/**
 * The document of one parameter set by which a past moment was judged: in force then, and known by then. Of a day's two readings
 * the earlier one rules until the later one was made, although both carry the day's date.
 */
export const termsAsKnown = (history: readonly LearntTerms[], moment: Ms): Terms<unknown> | undefined =>
  inForce(
    history.filter(({ learntAt }) => learntAt <= moment).map(({ terms }) => terms),
    moment,
  );
