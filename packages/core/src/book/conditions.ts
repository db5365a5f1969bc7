import type { Exact, Ms, VenueId, Why } from "@plimsoll/core/units";

/** What a venue does for us, each of which can stop alone. */
export type VenueFunction = "orders" | "data" | "transfers" | "withdrawals";

/**
 * How much of a function works. `reduce-only`: orders that open are refused; `cancel-only`: nothing new is taken; `post-only`: no
 * order fills at once; `settling`: stopped for a known while.
 */
export type VenueState = "normal" | "degraded" | "reduce-only" | "cancel-only" | "post-only" | "settling" | "halted";

/** The orders of one instrument, best first: price and size on each level. */
export interface Depth {
  readonly bids: readonly (readonly [price: Exact, size: Exact])[];
  readonly asks: readonly (readonly [price: Exact, size: Exact])[];
  readonly at: Ms;
}

/** What things around the accounts are like; said by feeds, and by scenarios. */
export type Condition =
  | {
      readonly type: "venue-state";
      readonly venue: VenueId;
      readonly of: VenueFunction;
      readonly state: VenueState;
      readonly at: Ms;
      readonly why?: Why;
    }
  | { readonly type: "depth"; readonly venue: VenueId; readonly instrument: string; readonly depth: Depth }
  /** What a unit of gas costs on a chain, in its own coin, and how many blocks a transaction at that price waits. */
  | {
      readonly type: "gas";
      readonly chain: string;
      readonly price: Exact;
      readonly inclusionBlocks: number;
      readonly at: Ms;
    };

/** One name for what a condition is about. */
export function conditionName(condition: Condition): string {
  switch (condition.type) {
    case "venue-state":
      return `venue-state/${condition.venue}/${condition.of}`;
    case "depth":
      return `depth/${condition.venue}/${condition.instrument}`;
    case "gas":
      return `gas/${condition.chain}`;
  }
}
