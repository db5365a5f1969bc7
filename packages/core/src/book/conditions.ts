import type { Exact, HoldingId, Ms, VenueId, Why } from "@plimsoll/core/units";

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

/** What the key that acts for a holding may do, as far as its venue says it; `nobody` where there is none here, or nobody can use it. */
export type May = "yes" | "no" | "unknown" | "nobody";

/** What things around the accounts are like; said by feeds, by who holds the keys, and by scenarios. */
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
    }
  /**
   * What a connection has asked of a venue within the window of its limit, in messages that act: all that the limit takes at once,
   * the share that readings leave alone included. What was spent a whole window ago counts no more.
   */
  | {
      readonly type: "rate-budget";
      readonly venue: VenueId;
      readonly holding: HoldingId;
      /** Whether the venue counts by our address, so that all connections to it share the limit, or each account apart. */
      readonly by: "address" | "account";
      readonly most: number;
      readonly spent: number;
      readonly windowMs: number;
      readonly at: Ms;
    }
  /** Whether anything can be sent for a holding; `why` where nobody can. */
  | {
      readonly type: "permission";
      readonly holding: HoldingId;
      readonly acts: May;
      readonly until: Ms | "never" | "unknown";
      readonly at: Ms;
      readonly why?: Why;
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
    case "rate-budget":
      return `rate-budget/${condition.venue}/${condition.holding}`;
    case "permission":
      return `permission/${condition.holding}`;
  }
}
