/** A collateral asset of a market. Factors at scale 1e18. */
export interface AssetTerms {
  /** Position in the market's list; the contract sums in this order. */
  readonly id: number;
  /** House name, unique in the market: the symbol, or the address where two assets share a symbol. Quotes use it. */
  readonly asset: string;
  /** Lower case; "unknown" only in documents written by hand. */
  readonly address: string;
  readonly decimals: number;
  /** Share of the value against which can be borrowed. */
  readonly borrowFactor: bigint;
  /** Share of the value that keeps an account from being absorbed. */
  readonly liquidateFactor: bigint;
  /** Share of the value that an absorbed account is credited with; the rest is the owner's loss. */
  readonly liquidationFactor: bigint;
  /** Smallest units. */
  readonly supplyCap: bigint;
}

/** A kinked line from utilization (scale 1e18) to a rate per second (scale 1e18). */
export interface RateCurve {
  readonly kink: bigint;
  readonly base: bigint;
  readonly slopeLow: bigint;
  readonly slopeHigh: bigint;
}

/** The five switches of the pause guardian. */
export interface Paused {
  readonly supply: boolean;
  readonly transfer: boolean;
  readonly withdraw: boolean;
  readonly absorb: boolean;
  readonly buy: boolean;
}

/** What governance sets, per market: constants of the implementation and the guardian's switches. */
export interface CometTerms {
  readonly market: string;
  readonly chainId: number;
  /** The Comet's address; "unknown" only in documents written by hand. */
  readonly address: string;
  readonly base: { readonly asset: string; readonly address: string; readonly decimals: number };
  /** What the price feeds count in: USD in most markets, ETH where ether is the base. */
  readonly priceUnit: string;
  readonly supplyCurve: RateCurve;
  readonly borrowCurve: RateCurve;
  /** Share of the liquidation penalty that a buyer of absorbed collateral gets as discount, scale 1e18. */
  readonly storeFrontPriceFactor: bigint;
  /** Absorbed collateral is for sale only while the reserves are below it; base units. */
  readonly targetReserves: bigint;
  /** A debt that is being made larger must be at least this; base units. */
  readonly baseBorrowMin: bigint;
  readonly paused: Paused;
  /** Ascending by id. */
  readonly assets: readonly AssetTerms[];
  /** How far the document can be trusted: "read-from-chain", or what was assumed. */
  readonly completeness: string;
}
