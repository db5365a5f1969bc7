/** Ratios and shares as WADs. */
export interface BranchTerms {
  readonly branch: string;
  /** Least ratio of a trove. */
  readonly mcr: bigint;
  /** Below this ratio of the whole branch nobody borrows more and collateral leaves only against as much repayment. */
  readonly ccr: bigint;
  /** Below this ratio of the whole branch it can be shut down. */
  readonly scr: bigint;
  /** Added to `mcr` for whoever adjusts a trove inside a batch. */
  readonly bcr: bigint;
  /** Penalties: against the stability pool, and where other troves take over. */
  readonly poolPenalty: bigint;
  readonly redistributionPenalty: bigint;
}

/** Nobody can change these: they are constants of the deployed contracts. */
export interface LiquityTerms {
  readonly market: string;
  readonly chainId: number;
  /** What is borrowed, and what every value is counted in: one dollar to the protocol. */
  readonly stable: string;
  readonly minDebt: bigint;
  readonly gas: {
    /** What every trove deposits for whoever liquidates it. */
    readonly asset: string;
    readonly deposit: bigint;
    /** Share of the collateral that he gets, as a divisor, and its cap in collateral units. */
    readonly divisor: bigint;
    readonly cap: bigint;
  };
  /** What a liquidation leaves in the stability pool. */
  readonly poolKeeps: bigint;
  /** What a redeemer gets on top in a branch that was shut down. */
  readonly urgentBonus: bigint;
  /** The highest yearly rate, which a batch manager could set; his own range may be narrower. */
  readonly rateMost: bigint;
  readonly branches: readonly BranchTerms[];
  /** How far the document can be trusted. */
  readonly completeness: string;
}
