/** What moves in one vault type without its owners: raw integers of vat, jug and dog. */
export interface IlkHeld {
  readonly ilk: string;
  /** RAY: debt per normalised debt, as stored at `rho`; stale until somebody drips. */
  readonly rate: bigint;
  /** Seconds: the last drip. */
  readonly rho: bigint;
  /** RAY per second: `base + duty` of the jug. "unknown" only in accounts that a person wrote: then no interest is counted. */
  readonly fee: "unknown" | bigint;
  /** RAD: what running auctions of this type have to raise; "unknown" only in accounts that a person wrote. */
  readonly dirt: "unknown" | bigint;
}

export interface Vault {
  /** Its number at the manager, or the address of the urn. */
  readonly id: string;
  readonly ilk: string;
  /** WAD, whatever decimals the token has. */
  readonly ink: bigint;
  /** WAD, normalised: debt is `art * rate`. */
  readonly art: bigint;
  /** WAD of collateral that an auction gave back: outside the vault, its owner's, securing nothing. */
  readonly gem: bigint;
}

/** An auction of collateral of one of these vaults. */
export interface Sale {
  readonly vault: string;
  readonly ilk: string;
  /** RAD still to be raised. */
  readonly tab: bigint;
  /** RAD of that which is the liquidation penalty. */
  readonly penalty: bigint;
  /** WAD of collateral still to be sold. */
  readonly lot: bigint;
  /** RAY: the price it started at. */
  readonly top: bigint;
  /** Seconds: when it started. */
  readonly tic: bigint;
}

export interface Balance {
  readonly asset: string;
  /** Smallest units of the token. */
  readonly units: bigint;
}

/** The vaults of one owner and the moving figures of their types, at one moment. */
export interface SkyBody {
  /** The same text as in the terms. */
  readonly market: string;
  readonly owner: string;
  /** Block that was read; 0 where no chain was read. */
  readonly block: bigint;
  /** Seconds. Everything is computed at this moment. */
  readonly timestamp: bigint;
  /** RAD: what all running auctions have to raise. */
  readonly dirt: "unknown" | bigint;
  readonly ilks: readonly IlkHeld[];
  readonly vaults: readonly Vault[];
  readonly sales: readonly Sale[];
  /** What the payer's wallet holds; an asset that is not listed is not there. "unknown" limits nothing and is said to be unknown. */
  readonly wallet: "unknown" | readonly Balance[];
}
