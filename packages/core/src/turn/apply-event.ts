import {
  type BookEvent,
  type Condition,
  type Holding,
  type ParityRow,
  type Pending,
  type Terms,
  conditionName,
  governing,
  inForce,
  parameterSet,
} from "@plimsoll/core/book";
import type { Quote } from "@plimsoll/core/margin";
import {
  type HoldingId,
  type Ms,
  type QuoteKey,
  type VenueId,
  type Why,
  canonical,
  ms,
  text,
  why,
} from "@plimsoll/core/units";

/** What the feeds have told us, newest only. */
export interface Facts {
  readonly quotes: Map<QuoteKey, Quote>;
  readonly holdings: Map<HoldingId, Holding>;
  /** All documents of one parameter set, oldest first; the one in force depends on the time. */
  readonly terms: Map<string, readonly Terms<unknown>[]>;
  /** Changes of rules that are known before they happen, by who knows them. */
  readonly pending: Map<string, readonly Pending[]>;
  /** Newest comparison of our figures with the venue's. */
  readonly parity: Map<HoldingId, { readonly at: Ms; readonly rows: readonly ParityRow[] }>;
  /** What is said of venues, order books and chains: "kind/of what". */
  readonly conditions: Map<string, Condition>;
  /** Quotes and holdings whose feed broke off, until something at least as new arrives. */
  readonly lost: Map<QuoteKey | HoldingId, Why>;
}
export const noFacts = (): Facts => ({
  quotes: new Map(),
  holdings: new Map(),
  terms: new Map(),
  pending: new Map(),
  parity: new Map(),
  conditions: new Map(),
  lost: new Map(),
});

/** What an event changed, so that only what depends on it is computed again. */
export type Change =
  | { readonly of: "nothing" }
  | { readonly of: "price"; readonly key: QuoteKey }
  | { readonly of: "holding"; readonly id: HoldingId }
  | { readonly of: "terms"; readonly venue: VenueId }
  | { readonly of: "condition"; readonly condition: Condition }
  | { readonly of: "everything" };
const nothing: Change = { of: "nothing" };

/** The document by which a holding is judged; one that came with a reading of the venue is in force for that reading. */
export function termsOf({ terms }: Facts, holding: Holding, now: Ms): Terms<unknown> | undefined {
  return governing(terms.get(parameterSet(holding)) ?? [], ms(Math.max(now, holding.asOf)));
}

/**
 * Whether a document or what a source knows to be coming differs from what is held; of prices, holdings and the rest every word
 * is news. A feed reads rules far more often than they change: what is not news need not be kept.
 */
export function isNews({ terms, pending, conditions }: Facts, event: BookEvent): boolean {
  if (event.type === "permission") return !saysTheSame(conditions.get(conditionName(event)), event);
  if (event.type === "pending") return canonical(pending.get(event.of) ?? []) !== canonical(event.changes);
  if (event.type !== "terms") return true;
  const { validFrom, hash } = event.terms;
  return inForce(terms.get(parameterSet(event.terms)) ?? [], validFrom)?.hash !== hash;
}

const saysTheSame = (held: Condition | undefined, said: Condition): boolean =>
  canonical({ ...held, at: ms(0) }) === canonical({ ...said, at: ms(0) });

/** Folds one event into the facts. What is older than what is held changes nothing; what is as old only ends a loss. */
export function applyEvent(facts: Facts, event: BookEvent): Change {
  switch (event.type) {
    case "price": {
      const { key, price, kind, at } = event;
      const change: Change = { of: "price", key };
      const held = facts.quotes.get(key);
      if (held !== undefined && at <= held.asOf) return at === held.asOf && facts.lost.delete(key) ? change : nothing;
      facts.quotes.set(key, { value: price, kind, asOf: at });
      facts.lost.delete(key);
      return change;
    }
    case "holding": {
      const { holding } = event;
      const change: Change = { of: "holding", id: holding.id };
      const held = facts.holdings.get(holding.id);
      if (held !== undefined && holding.asOf <= held.asOf)
        return holding.asOf === held.asOf && facts.lost.delete(holding.id) ? change : nothing;
      facts.holdings.set(holding.id, holding);
      facts.lost.delete(holding.id);
      return change;
    }
    case "terms":
      return isNews(facts, event) ? applyTerms(facts, event.terms) : nothing;
    case "pending":
      return isNews(facts, event) ? applyPending(facts, event.of, event.changes) : nothing;
    case "parity":
      return applyParity(facts, event);
    case "venue-state":
    case "depth":
    case "gas":
    case "rate-budget":
    case "permission":
      return applyCondition(facts, event);
    case "effect":
      return nothing;
    case "lost":
      return applyLost(facts, event.what, event.why);
  }
}

/** Takes a document in; those replaced before the newest holding are dropped. */
function applyTerms({ terms, holdings }: Facts, document: Terms<unknown>): Change {
  const key = parameterSet(document);
  const held = terms.get(key) ?? [];
  const others = held.filter(({ validFrom }) => validFrom !== document.validFrom);
  const all = [...others, document].toSorted((a, b) => a.validFrom - b.validFrom);
  const read = [...holdings.values()].filter((holding) => parameterSet(holding) === key).map(({ asOf }) => asOf);
  const first = all.findLastIndex(({ validFrom }) => validFrom <= Math.max(...read));
  terms.set(key, all.slice(Math.max(first, 0)));
  return { of: "terms", venue: document.venue };
}

/** A source's word replaces what it said before. */
function applyPending({ pending }: Facts, of: string, changes: readonly Pending[]): Change {
  if (changes.length === 0) pending.delete(of);
  else pending.set(of, changes);
  return { of: "everything" };
}

/** Where a figure that decides is not the venue's, our model of this account is wrong: it is unknown until a reading agrees. */
function applyParity({ parity, lost }: Facts, { holding, rows, at }: Extract<BookEvent, { type: "parity" }>): Change {
  const held = parity.get(holding);
  if (held !== undefined && at < held.at) return nothing;
  parity.set(holding, { at, rows });
  const drift = rows.find(({ verdict, decides }) => verdict === "differs" && decides);
  if (drift !== undefined) lost.set(holding, driftOf(drift));
  return { of: "holding", id: holding };
}

const saidAt = (condition: Condition): Ms => (condition.type === "depth" ? condition.depth.at : condition.at);

function applyCondition({ conditions }: Facts, condition: Condition): Change {
  const name = conditionName(condition);
  const held = conditions.get(name);
  if (held !== undefined && saidAt(condition) <= saidAt(held)) return nothing;
  conditions.set(name, condition);
  return { of: "condition", condition };
}

/** What differs, for people. */
export const driftOf = ({ of, figure, venue, ours }: ParityRow): Why =>
  why("differs-from-venue", {
    of,
    figure,
    venue: venue === "none" ? venue : text(venue),
    ours: ours === "none" ? ours : text(ours),
    next: "do not rely on our figure; compare the terms with the venue's page and report the difference",
  });

/** `what` is a quote, a holding or a venue, which takes all of its own with it; a name nobody knows may be any of them, so it takes all. */
function applyLost({ quotes, holdings, lost }: Facts, what: string, reason: Why): Change {
  const venueOf = (key: QuoteKey) => key.split(":")[0] ?? key;
  const venues = new Set([
    ...[...holdings.values()].map(({ venue }) => String(venue)),
    ...[...quotes.keys()].map(venueOf),
  ]);
  const ofUnseen = !venues.has(what) && venues.has(what.split(":")[0] ?? what);
  const isKnown = venues.has(what) || quotes.has(what as QuoteKey) || holdings.has(what as HoldingId) || ofUnseen;
  for (const key of quotes.keys()) if (!isKnown || key === what || venueOf(key) === what) lost.set(key, reason);
  for (const { id, venue } of holdings.values()) if (!isKnown || id === what || venue === what) lost.set(id, reason);
  return { of: "everything" };
}
