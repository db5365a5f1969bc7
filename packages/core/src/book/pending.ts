import type { Exact, Ms, QuoteKey, VenueId } from "@plimsoll/core/units";

/** How a change is known before it happens: read in a queue on its chain, in a document that is not yet valid, or told by a person. */
export type HowKnown = "queued" | "announced" | "notice";

/** Parameters that will change: on `at`, each takes its value, all in one. */
export interface Pending {
  readonly at: Ms;
  readonly venue: VenueId;
  /** Left out where all rule sets, or all markets, of the venue are meant. */
  readonly rules?: string;
  readonly market?: string;
  /** Paths as `parametersOf` writes them. */
  readonly changes: readonly { readonly path: string; readonly to: string }[];
  /** What a quote would say now, had its source been exchanged already. */
  readonly prices?: readonly { readonly key: QuoteKey; readonly to: Exact }[];
  /** What happens with it and cannot be read: with it nobody knows what the rules will be. */
  readonly unread?: readonly string[];
  /** Where it can be looked up. */
  readonly source: string;
  readonly how: HowKnown;
}
