import type { Assessment, Quote } from "@plimsoll/core/margin";
import type { Carry, Danger, Exposure } from "@plimsoll/core/risk";
import type { AccountKey, Exact, Figure, HoldingId, Ms, QuoteKey, Result, Why } from "@plimsoll/core/units";

/** How likely an account is liquidated; made outside a turn, so that none may be there. */
export interface Forecast {
  readonly asOf: Ms;
  readonly within: readonly { readonly horizonMs: Ms; readonly probability: number }[];
  /** Standard deviation of the account's nearest price over one hour, as a share. */
  readonly hourSigma?: number;
}

/** What only some triggers ask about an account; computed when asked. */
export interface Asked {
  /**
   * Smallest move, as a share, that takes the account: measured by its form, the sigma of an hour beside it; from the prices of the
   * next report where that is nearer.
   */
  distance(): Figure<{ readonly share: Exact; readonly hourSigma: number; readonly isNext?: true }>;
  /** Exposures of this account, or of another leg, in dollars. */
  exposures(leg?: Leg): Figure<readonly Exposure[]>;
  /** Gross exposure of all accounts of the book, in dollars. */
  bookGross(): Figure<Exact>;
  /** Share of equity that funding and interest take in a day. */
  costOfDay(rates: "present" | "worst"): Figure<Exact>;
  carry(): Carry;
}

/** One account elsewhere: the other leg of a pair. */
export interface Leg {
  readonly holding: HoldingId;
  readonly account?: AccountKey;
}

/** What a guard sees of one account at one moment. */
export interface Sighting {
  readonly now: Ms;
  /** As the engine computed it on the last known data; absent where it could not. */
  readonly assessment: Assessment | undefined;
  /** The same where a price that will be reported next makes it worse; absent where none does. */
  readonly next?: Assessment;
  readonly danger: Danger;
  /** Time of the oldest thing the assessment rests on: the position or one of its prices. */
  readonly oldest: Ms;
  readonly quotes: ReadonlyMap<QuoteKey, Quote>;
  /** A clock that is ahead of ours by more than this is wrong, and so is every age taken from it. */
  readonly aheadMs: number;
  readonly forecast?: Forecast;
  readonly asked: Asked;
}

/** A sighting under the age that a guard's owner pinned. */
export interface Sight extends Sighting {
  /** A price that is there and young enough. */
  readonly quote: (key: QuoteKey) => Result<Quote, Why>;
  /** A figure, unless what it rests on is too old. */
  readonly young: <T>(figure: Figure<T>) => Figure<T>;
}

/** What a trigger says. Unknown is neither met nor released: it can start nothing and end nothing. */
export type Reading =
  | {
      readonly is: "met";
      readonly urgent: boolean;
      readonly because: string;
      readonly seen?: Seen;
      /** The share of the way from urgent to the trigger that is left: confirmation shrinks with it. */
      readonly headroom?: Exact;
    }
  | { readonly is: "between" | "released"; readonly seen?: Seen }
  | { readonly is: "unknown"; readonly why: Why };

/** The number that decided, and which way is worse. */
export interface Seen {
  readonly value: Exact;
  readonly worse: "lower" | "higher";
}

/** What a trigger keeps of the past; each uses what it needs. */
export interface Memory {
  /** The best value since it began to watch: highest price, equity or health, or lowest price for a short. */
  readonly best?: Exact;
  /** Moments of losses. */
  readonly losses?: readonly Ms[];
  /** Until when the account is locked out; the trigger is met until then. */
  readonly lockedUntil?: Ms;
}
