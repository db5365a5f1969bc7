import {
  type HowKnown,
  type Pending,
  type Terms,
  type TermsChange,
  diffTerms,
  withParameter,
} from "@plimsoll/core/book";
import type { Exact, Hash, Ms, QuoteKey, Why } from "@plimsoll/core/units";

/** The rules of a parameter set from a moment on, as far as is known now: everything that comes before it is in them too. */
export interface Prospect {
  readonly at: Ms;
  readonly how: HowKnown;
  readonly source: string;
  readonly terms: Terms<unknown>;
  /** Quotes that a change replaces. */
  readonly prices: ReadonlyMap<QuoteKey, Exact>;
  /** What is new against the prospect before. */
  readonly changes: readonly TermsChange[];
  /** Changes that these terms cannot take: a parameter that they do not have, a value that it cannot have. */
  readonly refused: readonly Why[];
  /** What happens up to then and cannot be read. */
  readonly unread: readonly string[];
}

/** What is known of a parameter set: its documents, the announced ones too, and single changes. */
export interface Known {
  readonly documents: readonly Terms<unknown>[];
  readonly pending: readonly Pending[];
}

/**
 * What the rules will be, step by step, in the order of time. A change whose date is past stays until a document that is valid
 * since then has taken its place, a queued one until its queue no longer names it: it is due, and not yet seen. A step that
 * changes nothing is left out.
 * @param base the document in force; one that is not valid yet at `now` stands in for an unknown earlier one, and overtakes nothing.
 */
export function prospectsOf(
  base: Terms<unknown>,
  { documents, pending }: Known,
  now: Ms,
  hashOf: (value: unknown) => Hash,
): readonly Prospect[] {
  const since = base.validFrom <= now ? base.validFrom : -Infinity;
  const announced = documents.filter(({ validFrom }) => validFrom > base.validFrom);
  const changes = pending.filter((change) => concerns(change, base) && (change.how === "queued" || change.at > since));
  const steps = [
    ...announced.map((document) => ({ at: document.validFrom, document, change: undefined })),
    ...changes.map((change) => ({ at: change.at, document: undefined, change })),
  ].toSorted((a, b) => a.at - b.at);
  const prospects: Prospect[] = [];
  let [terms, prices]: [Terms<unknown>, Prospect["prices"]] = [base, new Map()];
  let unread: readonly string[] = [];
  for (const { at, document, change } of steps) {
    const next = document === undefined ? changed(terms, change, hashOf) : { terms: document, refused: [] };
    const found = {
      at,
      how: change?.how ?? ("announced" as const),
      source: change?.source ?? next.terms.source,
      changes: diffTerms(terms.body, next.terms.body),
      refused: next.refused,
    };
    const replaced = change?.prices ?? [];
    [terms, prices] = [next.terms, new Map([...prices, ...replaced.map(({ key, to }) => [key, to] as const)])];
    // a document tells the whole: what could not be read before it no longer matters
    unread = document === undefined ? [...unread, ...(change.unread ?? [])] : [];
    const says = found.changes.length + found.refused.length + replaced.length + (change?.unread?.length ?? 0);
    if (says > 0) prospects.push({ ...found, terms, prices, unread });
  }
  return prospects;
}

const concerns = ({ venue, rules, market }: Pending, terms: Terms<unknown>): boolean =>
  venue === terms.venue &&
  (rules === undefined || rules === terms.rules) &&
  (market === undefined || market === terms.market);

/** The terms after one change; what they cannot take is said and left out. */
function changed(terms: Terms<unknown>, { at, changes, source }: Pending, hashOf: (value: unknown) => Hash) {
  const refused: Why[] = [];
  let { body } = terms;
  for (const { path, to } of changes) {
    const next = withParameter(body, path, to);
    if (next.ok) body = next.value;
    else refused.push(next.failure);
  }
  if (body === terms.body) return { terms, refused };
  return { terms: { ...terms, body, validFrom: at, source, hash: hashOf(body) }, refused };
}
