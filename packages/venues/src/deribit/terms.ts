import type { Exact } from "@plimsoll/core/units";

/** Standard margin of futures: `(rate + slope * Q) * Q` in coin, Q the size in coin. */
export interface FutureRules {
  readonly initial: Exact;
  readonly maintenance: Exact;
  readonly slope: Exact;
  readonly tick: Exact;
  /** Sizes are whole multiples: dollars of an inverse future, coins of a linear one. */
  readonly step: Exact;
  readonly takerFee: Exact;
  readonly liquidationFee: Exact;
  /** The most that the perpetual's funding for 8 hours can be, on both sides; absent where it is not known. */
  readonly fundingCap?: Exact;
}

/** Standard margin of a short option, as shares of a coin per contract, besides the mark. */
export interface OptionRules {
  readonly initial: Exact;
  /** Initial margin falls with the distance out of the money, down to this. */
  readonly initialFloor: Exact;
  readonly maintenance: Exact;
  readonly tick: Exact;
  readonly step: Exact;
  readonly takerFee: Exact;
  /** A fee is at most this share of the price. */
  readonly feeCap: Exact;
  readonly liquidationFee: Exact;
}

/** Parameters of the scenario matrix of one pair, as `private/pme/simulate` returns them; all doubles, as the matrix is. */
export interface MatrixRules {
  readonly priceRange: number;
  /** Moves to each side of 0 in the main table. */
  readonly buckets: number;
  readonly volUp: number;
  readonly volDown: number;
  /** A vol shocked up is at least this. */
  readonly volUpLeast: number;
  /** Powers of 30 / days for lives below and from 30 days. */
  readonly shortPower: number;
  readonly longPower: number;
  /** Lives shorter than this many days are shocked like it. */
  readonly daysLeast: number;
  readonly extendedMoves: readonly number[];
  readonly extendedFactor: number;
  /** Dollars. */
  readonly extendedDampener: number;
  readonly annualisedMoveRisk: number;
  readonly minAnnualisedMove: number;
  /** Dollars of delta from which the venue adds a shock. */
  readonly deltaShockThreshold: number;
  /** Share of the delta charged for each coin beyond the threshold, up to `deltaShockMost`. */
  readonly deltaShockSlope: number;
  readonly deltaShockMost: number;
  readonly maintenanceFactor: number;
}

export interface PairRules {
  readonly futures?: FutureRules;
  readonly options?: OptionRules;
  readonly matrix?: MatrixRules;
}

/** A delivery price is the mean of so many readings of the index, evenly over the time before it. */
export interface SettlementRules {
  readonly windowMs: number;
  readonly readings: number;
}

export interface DeribitTerms {
  readonly settlement: SettlementRules;
  readonly pairs: Readonly<Record<string, PairRules>>;
  /** Which option values count in the margin balance under standard margin. */
  readonly optionsInBalance: "none" | "shorts";
  /** Share cut from a positive balance for initial margin, by currency of the cross pool; a currency without one is unknown. */
  readonly haircuts: Readonly<Record<string, Exact>>;
}
