import type { Exact } from "@plimsoll/core/units";

/** One trade: `size` above 0; `price` in the instrument's quote; `fee` in its margin currency. */
export interface Fill {
  readonly instrument: string;
  readonly side: "buy" | "sell";
  readonly size: Exact;
  readonly price: Exact;
  readonly fee: Exact;
}

/** Delivery of everything that an expiry holds of one pair, at the venue's average of its index. */
export interface Settlement {
  readonly underlying: string;
  readonly delivery: Exact;
}

export type DeribitVenueEffect =
  | { readonly was: "fill" | "liquidation"; readonly body: Fill }
  | { readonly was: "settlement"; readonly body: Settlement };
