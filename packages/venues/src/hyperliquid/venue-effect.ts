import type { Exact } from "@plimsoll/core/units";
import type { Fill } from "./fill.ts";

/** A funding payment; `amount` above 0 is received. */
export interface FundingPaid {
  readonly coin: string;
  readonly amount: Exact;
}

/** What the venue does to an account: one trade with what it cost, ours or forced, or funding. */
export type HyperliquidVenueEffect =
  | { readonly was: "fill" | "liquidation" | "adl"; readonly body: Fill }
  | { readonly was: "funding"; readonly body: FundingPaid };
