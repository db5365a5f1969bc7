/** Collateral and debt per unit staked, WAD: what liquidations of others have handed to every trove of a branch. */
export interface PerStake {
  readonly coll: bigint;
  readonly debt: bigint;
}

/** The stakes of a branch: their sum, and that sum and all collateral right after the last liquidation. */
export interface Stakes {
  readonly total: bigint;
  readonly snapshot: bigint;
  readonly collSnapshot: bigint;
}

/** What moves in one branch without the owner. "unknown" only in accounts that a person wrote. */
export interface Branch {
  /** Its collateral: branches are named after it. */
  readonly branch: string;
  /** All collateral and all debt of the branch at the snapshot, with interest to then. */
  readonly totals: "unknown" | { readonly coll: bigint; readonly debt: bigint };
  /** Deposits of the stability pool. */
  readonly pool: "unknown" | bigint;
  /** Seconds when the branch was shut down; 0 while it is open. */
  readonly shutdownTime: bigint;
  readonly perStake: PerStake;
  readonly stakes: "unknown" | Stakes;
}

/** Troves whose rate one manager sets: their debt grows as one, each has shares of it. */
export interface Batch {
  readonly manager: string;
  readonly branch: string;
  /** As recorded at `lastUpdate`, seconds. */
  readonly debt: bigint;
  readonly lastUpdate: bigint;
  /** Yearly, WAD: interest, and the manager's fee. */
  readonly rate: bigint;
  readonly fee: bigint;
  readonly shares: bigint;
}

/** Who sets a trove's rate, and the debt as it is recorded there. */
export type Recorded =
  | { readonly by: "owner"; readonly debt: bigint; readonly rate: bigint; readonly lastUpdate: bigint }
  | { readonly by: "batch"; readonly manager: string; readonly shares: bigint };

export interface Trove {
  readonly id: string;
  readonly branch: string;
  /** A redemption that leaves less than the least debt makes a zombie: out of the queue, not to be adjusted. */
  readonly status: "active" | "zombie";
  readonly coll: bigint;
  readonly stake: bigint;
  /** The branch's sums per stake when the trove was last touched. */
  readonly snapshot: PerStake;
  readonly recorded: Recorded;
  /** Debt of the branch with a lower rate, which is redeemed first. */
  readonly debtInFront: "unknown" | bigint;
}

export interface Balance {
  readonly asset: string;
  readonly units: bigint;
}

/** The troves of one owner and what moves in their branches, at one moment; every amount has 18 decimals. */
export interface LiquityBody {
  /** The same text as in the terms. */
  readonly market: string;
  readonly owner: string;
  /** Block that was read; 0 where no chain was read. */
  readonly block: bigint;
  /** Seconds. Everything is computed at this moment. */
  readonly timestamp: bigint;
  readonly branches: readonly Branch[];
  readonly batches: readonly Batch[];
  readonly troves: readonly Trove[];
  /** What liquidations left to be claimed, by branch. */
  readonly surplus: readonly Balance[];
  /** What the payer's wallet holds; an asset that is not listed is not there. "unknown" limits nothing and is said to be unknown. */
  readonly wallet: "unknown" | readonly Balance[];
}
