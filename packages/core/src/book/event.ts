import type { AccountKey, Exact, Hash, HoldingId, Ms, PriceKind, QuoteKey, VenueId, Why } from "@plimsoll/core/units";
import type { Condition } from "./conditions.ts";
import type { Flow, VenueEffect } from "./effect.ts";
import type { Holding } from "./holding.ts";
import type { ParityRow } from "./parity.ts";
import type { Pending } from "./pending.ts";

/** A venue's dated parameter document. */
export interface Terms<T> {
  readonly venue: VenueId;
  readonly rules: string;
  /** Whom it applies to, where the venue has several documents: holdings of the same market. */
  readonly market?: string;
  readonly validFrom: Ms;
  readonly hash: Hash;
  readonly source: string;
  readonly body: T;
}

/** What feeds report; everything a turn knows of the world came in as one of these. */
export type BookEvent =
  | { readonly type: "holding"; readonly holding: Holding }
  | { readonly type: "price"; readonly key: QuoteKey; readonly price: Exact; readonly kind: PriceKind; readonly at: Ms }
  | { readonly type: "terms"; readonly terms: Terms<unknown> }
  /** All that one source knows to be coming; it replaces what that source said before. */
  | { readonly type: "pending"; readonly of: string; readonly changes: readonly Pending[] }
  /** What a venue reports that it did to a holding (liquidation, ADL, funding), with `text` for people; it changes nothing here: the next holding shows the result. */
  | {
      readonly type: "effect";
      readonly holding: HoldingId;
      /** Left out where the report does not say which. */
      readonly account?: AccountKey;
      readonly effect: VenueEffect;
      /** What left the account, and the part of it that was fee or bonus; empty where the venue does not say. */
      readonly taken: readonly Flow[];
      readonly fee: readonly Flow[];
      readonly text: string;
      readonly at: Ms;
    }
  /** Our figures beside the venue's, with the reading that the holding before it came from. */
  | { readonly type: "parity"; readonly holding: HoldingId; readonly rows: readonly ParityRow[]; readonly at: Ms }
  | Condition
  | { readonly type: "lost"; readonly what: string; readonly why: Why };

/** One text for the parameter documents that holdings and terms share: venue, rule set and market. */
export const parameterSet = ({
  venue,
  rules,
  market = "",
}: Pick<Terms<unknown>, "venue" | "rules" | "market">): string => `${venue}/${rules}/${market}`;
