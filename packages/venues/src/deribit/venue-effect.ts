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

/** Daily settlement of one future: its profit goes into the balance, and counts from this mark on. */
export interface Session {
  readonly instrument: string;
  readonly mark: Exact;
}

/** In the instrument's margin currency; below 0 the owner pays. */
export interface FundingPaid {
  readonly instrument: string;
  readonly amount: Exact;
}

export type DeribitVenueEffect =
  | { readonly was: "fill" | "liquidation"; readonly body: Fill }
  | { readonly was: "settlement"; readonly body: Settlement | Session }
  | { readonly was: "funding"; readonly body: FundingPaid };
