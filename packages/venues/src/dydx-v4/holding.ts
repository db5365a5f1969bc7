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

/** State of a market that moves with every block. */
export interface MarketState {
  readonly ticker: string;
  readonly fundingIndex: bigint;
  /** Base quantums; absent where it was not read, and then an initial requirement scaled by it is unknown. */
  readonly openInterest?: bigint;
}

/** All subaccounts of one address, with the state of the markets they hold. */
export interface Body {
  readonly subaccounts: readonly Subaccount[];
  readonly markets: readonly MarketState[];
}
