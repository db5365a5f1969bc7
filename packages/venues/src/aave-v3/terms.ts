/** Bounds that the contracts keep in code, not in storage. @source aave-v3-origin 3.6.0 LiquidationLogic.sol, ValidationLogic.sol */
export interface CloseFactor {
  /** Share of the account's total debt that one call may repay, bps: 5000. */
  readonly normal: bigint;
  /** At or below this health (WAD) the whole debt of a reserve: 0.95e18. */
  readonly wholeAtOrBelow: bigint;
  /** Below this value of the collateral or of the debt (base currency) the whole debt: 2000e8. */
  readonly wholeUnder: bigint;
  /** What a partial liquidation must leave on both sides (base currency): 1000e8. */
  readonly leaveAtLeast: bigint;
}

const closeFactorOrigin: CloseFactor = {
  normal: 5_000n,
  wholeAtOrBelow: 950_000_000_000_000_000n,
  wholeUnder: 2_000_00000000n,
  leaveAtLeast: 1_000_00000000n,
};

/** The rule sets: pool revisions 10 (release 3.6) and 11 (3.7), and the family of release 3.0. Newest first. */
export const allRules = ["r11", "r10", "v3.0"] as const;
export type Rules = (typeof allRules)[number];

/** The close-factor constants of each; the old contracts know no bounds by value. @source core-v3 1.19.3 LiquidationLogic.sol */
export const closeFactors: Readonly<Record<Rules, CloseFactor>> = {
  r11: closeFactorOrigin,
  r10: closeFactorOrigin,
  "v3.0": { ...closeFactorOrigin, wholeUnder: 0n, leaveAtLeast: 0n },
};

/**
 * What the adapter between the market's price and the pool lets through at the most: a fixed price, or the price of a base asset
 * times a ratio that may grow so much a second. "unknown" where the pool's source is an adapter that does not tell: its answer is what the
 * pool sees, what it would answer at another market price is not known. @source aave-capo, PriceCapAdapterStable, PriceCapAdapterBase
 */
export type PriceCap =
  | "none"
  | "unknown"
  /** Base currency. */
  | { readonly kind: "stable"; readonly most: bigint }
  | {
      readonly kind: "ratio";
      /** Asset of this market whose price the ratio multiplies. */
      readonly base: string;
      readonly ratio: bigint;
      readonly growthPerSecond: bigint;
      /** Seconds: when the ratio was that. */
      readonly since: bigint;
      readonly ratioDecimals: number;
    };

export interface ReserveTerms {
  readonly id: number;
  /** House name, unique in the market: the symbol, or the address where two reserves share a symbol. Quotes use it. */
  readonly asset: string;
  /** Lower case; "unknown" only in documents written by hand. */
  readonly address: string;
  readonly decimals: number;
  /** All of these in bps; the bonus as the pool stores it, 10500 for 5 %. */
  readonly ltv: bigint;
  readonly liquidationThreshold: bigint;
  readonly liquidationBonus: bigint;
  readonly liquidationProtocolFee: bigint;
  readonly reserveFactor: bigint;
  readonly active: boolean;
  readonly frozen: boolean;
  readonly paused: boolean;
  readonly borrowingEnabled: boolean;
  readonly flashLoanEnabled: boolean;
  readonly borrowableInIsolation: boolean;
  readonly siloedBorrowing: boolean;
  /** Whole tokens; 0 is no cap. */
  readonly supplyCap: bigint;
  readonly borrowCap: bigint;
  /** Base currency with 2 decimals; above 0 the asset is isolated collateral. */
  readonly debtCeiling: bigint;
  /** Seconds: no liquidation with this reserve up to and including this moment. */
  readonly liquidationGraceUntil: bigint;
  readonly priceCap: PriceCap;
  /** `getInterestRateDataBps` of the rate strategy, bps; under v3.0 the strategy's own getters, RAY. */
  readonly rates: {
    readonly optimalUsage: bigint;
    readonly base: bigint;
    readonly slope1: bigint;
    readonly slope2: bigint;
  };
}

export interface EModeTerms {
  readonly id: number;
  readonly label: string;
  readonly ltv: bigint;
  readonly liquidationThreshold: bigint;
  readonly liquidationBonus: bigint;
  /** Bit = reserve id. */
  readonly collateralBitmap: bigint;
  readonly borrowableBitmap: bigint;
  readonly ltvZeroBitmap: bigint;
  /** Collateral outside the category lends nothing; since release 3.7. */
  readonly isolated: boolean;
  /** What prices all assets of the category for its users, as quotes name it; "none": each by its own oracle. Release 3.0 only. */
  readonly priceSource: string;
}

/** What governance sets, per market: changes by transactions of the pool's administrators only. */
export interface AaveTerms {
  readonly rules: Rules;
  readonly market: string;
  readonly chainId: number;
  /** What values are counted in and its decimals: USD with 8 on all known markets (`BASE_CURRENCY_UNIT` = 1e8). */
  readonly baseCurrency: string;
  readonly baseDecimals: number;
  readonly closeFactor: CloseFactor;
  /** `FLASHLOAN_PREMIUM_TOTAL`, bps. */
  readonly flashPremium: bigint;
  /** Ascending by id. */
  readonly reserves: readonly ReserveTerms[];
  readonly eModes: readonly EModeTerms[];
  /** How far the document can be trusted: "read-from-chain", or what was assumed. */
  readonly completeness: string;
}
