/** What moves in one market with every stranger's action. Raw contract integers, as stored: interest is added by projection. */
export interface Totals {
  readonly supplyAssets: bigint;
  readonly supplyShares: bigint;
  readonly borrowAssets: bigint;
  readonly borrowShares: bigint;
  /** Seconds: when interest was last added. */
  readonly lastUpdate: bigint;
  /**
   * WAD per second, what `borrowRateView` answered at the holding's block for the time since `lastUpdate`; 0 where the market
   * has no rate model. "unknown" where the model does not answer: then nobody can act in the market either.
   */
  readonly borrowRate: "unknown" | bigint;
}

/** One market and what the owner has in it. Never below 0. */
export interface MarketHeld {
  /** The market's name in the terms. */
  readonly market: string;
  readonly totals: Totals;
  /** Loan tokens lent by the owner: no margin, only part of what he owns. */
  readonly supplyShares: bigint;
  readonly borrowShares: bigint;
  /** Smallest units of the collateral token; it earns nothing. */
  readonly collateral: bigint;
}

/** What the payer holds of one token, and what he lets the contract take of it; "unknown" limits nothing and stays unknown. */
export interface Purse {
  readonly asset: string;
  readonly balance: "unknown" | bigint;
  readonly allowance: "unknown" | bigint;
}

/** All positions of one owner in one deployment, at one moment: what one block's snapshot reads. */
export interface MorphoBody {
  /** Names the quotes and accounts; the same text as in the terms. */
  readonly deployment: string;
  /** Whose positions: the address in lower case, or the name given in a book file. */
  readonly owner: string;
  /** Whose wallet pays; usually the owner. */
  readonly payer: string;
  /** Block that was read; 0 where no chain was read: then a market's totals are the owner's own. */
  readonly block: bigint;
  /** Seconds. The block's, later whatever `advance` was asked for: everything is computed at this moment. */
  readonly timestamp: bigint;
  /** Each market once. */
  readonly markets: readonly MarketHeld[];
  /** Each token of these markets once. */
  readonly purses: readonly Purse[];
}
