/** Bounds where contract version 3.6 keeps them in code, not in storage. @source aave-v3-origin 3.6.0 LiquidationLogic.sol, ValidationLogic.sol */
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

/** The close-factor constants of pool revision 10. */
export const closeFactorR10: CloseFactor = {
  normal: 5_000n,
  wholeAtOrBelow: 950_000_000_000_000_000n,
  wholeUnder: 2_000_00000000n,
  leaveAtLeast: 1_000_00000000n,
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
  /** `getInterestRateDataBps` of the rate strategy, bps. */
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
}

/** What governance sets, per market: changes by transactions of the pool's administrators only. */
export interface AaveTerms {
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
