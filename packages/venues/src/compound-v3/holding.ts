/** What moves in a market with every touch. Raw contract integers of `totalsBasic`, and the base tokens that the contract holds. */
export interface Totals {
  /** Scale 1e15; as stored: they move only when the market is touched. */
  readonly supplyIndex: bigint;
  readonly borrowIndex: bigint;
  /** Principals of everybody: `totalSupplyBase`, `totalBorrowBase`. */
  readonly supplied: bigint;
  readonly borrowed: bigint;
  /** Seconds: `lastAccrualTime`. */
  readonly lastAccrual: bigint;
  /** Base tokens in the contract: what can be borrowed, and the reserves once everybody's balances are taken off. */
  readonly cash: bigint;
}

/**
 * What the payer holds of one token, and what the payer lets the market take of it. "unknown" only in accounts that a person
 * wrote: a limit that was not read limits nothing and is said to be unknown.
 */
export interface Funds {
  readonly wallet: "unknown" | bigint;
  readonly allowance: "unknown" | bigint;
}

/** One collateral asset of the market and what the user has of it. Never below 0. */
export interface CollateralHeld {
  /** Position in the market's list: `AssetInfo.offset`. */
  readonly id: number;
  readonly balance: bigint;
  /** What everybody supplied together, `totalsCollateral`: it counts against the cap. */
  readonly supplied: "unknown" | bigint;
  readonly funds: Funds;
}

/** One user's position in one Comet, and the market's own moving figures, at one moment: all that one block's snapshot reads. */
export interface CometBody {
  /** Names the quotes and the account; the same text as in the terms. */
  readonly market: string;
  /** Whose account: the address in lower case, or the name given in a book file. */
  readonly user: string;
  /** Whose wallet pays for supply and repay; usually the user. */
  readonly payer: string;
  /** Block that was read; 0 where no chain was read. */
  readonly block: bigint;
  /** Seconds. The block's, later whatever `advance` was asked for: everything is computed at this moment. */
  readonly timestamp: bigint;
  /** `userBasic.principal`: above 0 a supply of the base asset, below 0 a debt; an account never has both. */
  readonly principal: bigint;
  /** "not-read" in accounts that a person wrote: principals are then plain amounts (index 1) and earn no interest. */
  readonly totals: "not-read" | Totals;
  /** Of the base asset. */
  readonly funds: Funds;
  /** Whether the user `allow`ed the executor as manager: without it nothing can be withdrawn in the user's name. */
  readonly manager: "unknown" | boolean;
  /** Ascending by id. At least every asset with a balance, or with a wallet balance worth using. */
  readonly collateral: readonly CollateralHeld[];
}
