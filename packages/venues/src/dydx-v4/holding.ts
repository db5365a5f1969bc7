import type { Ms } from "@plimsoll/core/units";

/** One perpetual position: base quantums, above 0 long and below 0 short, never 0. */
export interface Position {
  readonly ticker: string;
  readonly size: bigint;
  /** The market's funding index when the position was last settled; what moved since is owed or due. */
  readonly fundingIndex: bigint;
  /** Initial margin of the leverage that the owner chose, in millionths; absent where none was chosen. */
  readonly ownImfPpm?: bigint;
}

/** A subaccount is one liquidation unit: one USDC balance for all its positions. */
export interface Subaccount {
  readonly number: number;
  /** USDC in quote quantums (millionths), funding not yet settled left out; may be below 0. */
  readonly quote: bigint;
  readonly positions: readonly Position[];
}

/** What the index does next: the rate for eight hours that was last known, millionths (above 0 longs pay), and the next full hour. */
export interface Funding {
  readonly ratePpm: bigint;
  readonly next: Ms;
}

/** State of a market that moves with every block. */
export interface MarketState {
  readonly ticker: string;
  readonly fundingIndex: bigint;
  /** Base quantums; absent where it was not read, and then an initial requirement scaled by it is unknown. */
  readonly openInterest?: bigint;
  /** Absent where no rate was read: then the index stands still when time passes. */
  readonly funding?: Funding;
}

/** All subaccounts of one address, with the state of the markets they hold. */
export interface Body {
  readonly subaccounts: readonly Subaccount[];
  readonly markets: readonly MarketState[];
}
