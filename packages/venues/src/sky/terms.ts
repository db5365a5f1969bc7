/** How the price of a Dutch auction falls: seconds, and the factor of one step as a RAY. */
export type PriceFall =
  | { readonly kind: "linear"; readonly tau: bigint }
  | { readonly kind: "stairstep"; readonly step: bigint; readonly cut: bigint }
  | { readonly kind: "exponential"; readonly cut: bigint };

export interface AuctionTerms {
  /** RAY: the start price as a multiple of the current price. */
  readonly buf: bigint;
  /** Seconds after which nothing can be bought before a reset. */
  readonly tail: bigint;
  /** RAY: under this share of the start price nothing can be bought before a reset. */
  readonly cusp: bigint;
  /** What the protocol pays the keeper who starts it: RAD, and a share of the target as a WAD. */
  readonly tip: bigint;
  readonly chip: bigint;
  readonly fall: PriceFall;
}

export interface IlkTerms {
  readonly ilk: string;
  /** House name of the collateral; quotes and wallets use it. */
  readonly asset: string;
  readonly decimals: number;
  /** Seconds between a price's queueing and its being in force; 0 where there is no queue. */
  readonly delay: bigint;
  /** RAY: liquidation ratio. */
  readonly mat: bigint;
  /** RAD: the least debt a vault may have. */
  readonly dust: bigint;
  /** WAD: one plus the liquidation penalty. */
  readonly chop: bigint;
  /** RAD: the most that running auctions of this type may have to raise. */
  readonly hole: bigint;
  /** RAY: one plus the highest yearly fee that can be set between votes. */
  readonly feeMost: "unknown" | bigint;
  readonly auction: AuctionTerms;
}

/** What governance sets. Stability fees are not here: they move between its votes, within bounds. */
export interface SkyTerms {
  readonly market: string;
  readonly chainId: number;
  /** What is borrowed, and what every value is counted in. */
  readonly stable: string;
  /** RAY: dollars per unit of the stablecoin. */
  readonly par: bigint;
  /** RAD: the most that all running auctions may have to raise. */
  readonly hole: bigint;
  /** Flash mint of the stablecoin: WAD at most, and its fee as a WAD. */
  readonly flash: { readonly most: bigint; readonly toll: bigint };
  readonly ilks: readonly IlkTerms[];
  /** How far the document can be trusted: "read-from-chain", or what was assumed. */
  readonly completeness: string;
}
