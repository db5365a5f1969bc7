import type { Exact, PriceKind } from "@plimsoll/core/units";

/** The price that wakes an order which waits at the venue: of which kind, on which side, where. */
export interface StopTrigger {
  readonly kind: PriceKind;
  readonly when: "at-or-below" | "at-or-above";
  readonly at: Exact;
}

/** An order that lies at a venue, placed by us or by its owner. */
export interface Resting {
  /** The venue's own id: what a cancel names. */
  readonly order: string;
  /** The id that whoever placed it gave it; absent where it has none. */
  readonly reference?: string;
  readonly instrument: string;
  readonly side: "buy" | "sell";
  /** "all": whatever the position is when it is filled. */
  readonly size: Exact | "all";
  /** It can only make a position smaller. */
  readonly reduceOnly: boolean;
  /** Absent for an order that is in the book already. */
  readonly trigger?: StopTrigger;
  /** The worst price at which it fills; absent for a market order. */
  readonly limit?: Exact;
}
