import type { Exact } from "@plimsoll/core/units";
import type { Fill } from "./fill.ts";
import type { Side } from "./holding.ts";

/** Money booked to a coin: funding or interest; below 0 is paid. The position is named when its isolated margin is meant. */
export interface Booked {
  readonly coin: string;
  readonly amount: Exact;
  readonly position?: { readonly symbol: string; readonly side: Side };
}

/** A settlement of a symbol at a rate, longs pay a positive one: what each position pays follows from its mark. */
export interface FundingSettled {
  readonly symbol: string;
  readonly rate: Exact;
}

/** What the venue does to an account: one trade with what it cost, ours or forced (`BustTrade`, `AdlTrade`), funding, interest. */
export type BybitVenueEffect =
  | { readonly was: "fill" | "liquidation" | "adl"; readonly body: Fill }
  | { readonly was: "funding"; readonly body: Booked | FundingSettled }
  | { readonly was: "interest"; readonly body: Booked };
