import type { Exact, Hash, Ms, PriceKind, QuoteKey, VenueId, Why } from "@plimsoll/core/units";
import type { Holding } from "./holding.ts";

/** A venue's dated parameter document. */
export interface Terms<T> {
  readonly venue: VenueId;
  readonly rules: string;
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
  | { readonly type: "lost"; readonly what: string; readonly why: Why };
