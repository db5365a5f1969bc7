/** What moves in one reserve of the pool with every block and every stranger's action. Raw contract integers. */
export interface Pool {
  /** RAY; as stored, not projected: they move only when the reserve is touched. */
  readonly liquidityIndex: bigint;
  readonly variableBorrowIndex: bigint;
  /** RAY per year. */
  readonly liquidityRate: bigint;
  readonly variableBorrowRate: bigint;
  /** Seconds: the reserve's lastUpdateTimestamp. */
  readonly lastUpdate: bigint;
  /** `scaledTotalSupply()` of the aToken and of the variable debt token. */
  readonly scaledSupply: bigint;
  readonly scaledDebt: bigint;
  /** `getVirtualUnderlyingBalance`, never the token balance of the aToken. */
  readonly virtualBalance: bigint;
  /** Scaled, as in getReserveData. */
  readonly accruedToTreasury: bigint;
  /** `getReserveDeficit`, in the asset's units. */
  readonly deficit: bigint;
  /** Debt against this asset as isolated collateral, 2 decimals. */
  readonly isolationDebt: bigint;
}

/** One reserve of the pool and what the user has in it. Never below 0. */
export interface ReserveHeld {
  /** Position in the pool's list; bits 2*id (borrowing) and 2*id + 1 (collateral) of `config`. */
  readonly id: number;
  /** "not-read" in accounts that a person wrote: balances are then plain amounts (index 1) and earn no interest. */
  readonly pool: "not-read" | Pool;
  /** The user's `scaledBalanceOf` of the aToken and of the variable debt token. */
  readonly scaledSupply: bigint;
  readonly scaledDebt: bigint;
  /**
   * Balance of the underlying that the payer holds, and what the payer lets the pool take of it. "unknown" only in accounts
   * that a person wrote: a limit that was not read limits nothing and is said to be unknown.
   */
  readonly wallet: "unknown" | bigint;
  readonly allowance: "unknown" | bigint;
}

/** One user's position in one pool, and the pool's own moving figures, at one moment: all that one block's snapshot reads. */
export interface AaveBody {
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
  readonly eMode: number;
  /** The user's configuration bitmap. */
  readonly config: bigint;
  /** What the price-oracle sentinel answers now; both true where the market has none. It follows the sequencer, hence not in the terms. */
  readonly sentinel: { readonly borrowAllowed: boolean; readonly liquidationAllowed: boolean };
  /** Ascending by id. At least every reserve with a bit in `config`, a balance, or a wallet balance worth using. */
  readonly reserves: readonly ReserveHeld[];
}
