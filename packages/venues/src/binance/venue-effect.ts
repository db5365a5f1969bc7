import type { Exact } from "@plimsoll/core/units";
import type { Fill } from "./fill.ts";
import type { PositionSide } from "./holding.ts";

/** A funding payment: `amount` above 0 is received; the position is named when it is isolated. */
export interface FundingPaid {
  readonly asset: string;
  readonly amount: Exact;
  readonly position?: { readonly symbol: string; readonly positionSide: PositionSide };
}

/** A settlement of a symbol at a rate, longs pay a positive one: what each position pays follows from its mark. */
export interface FundingSettled {
  readonly symbol: string;
  readonly rate: Exact;
}

/** What the venue does to an account: one trade with what it cost, ours or forced, or funding. */
export type BinanceVenueEffect =
  | { readonly was: "fill" | "liquidation" | "adl"; readonly body: Fill }
  | { readonly was: "funding"; readonly body: FundingPaid | FundingSettled };
