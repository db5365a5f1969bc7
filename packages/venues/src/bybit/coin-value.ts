import { type Band, marginal, rateAt } from "@plimsoll/core/margin";
import { type Exact, ONE, ZERO, isNegative, multiply, negate } from "@plimsoll/core/units";
import type { CoinTerms } from "./terms.ts";

/** One coin of the wallet, in USD. */
export interface CoinValue {
  readonly coin: string;
  /** Cash and profit in coins. */
  readonly equity: Exact;
  readonly index: Exact;
  /** What counts: at its collateral value when above 0, in full when below. */
  readonly adjusted: Exact;
  /** Maintenance on what is borrowed. */
  readonly need: Exact;
}

/**
 * What a coin counts toward the margin balance, and what its debt requires.
 * @param collateral whether the coin counts at all; a debt always does.
 * @source README.md rules 8 and 9.
 */
export function coinValue(
  coin: string,
  equity: Exact,
  index: Exact,
  { ratios, borrow = inFull }: CoinTerms,
  collateral: boolean,
): CoinValue {
  if (!isNegative(equity)) {
    const counted = collateral ? multiply(marginal(ratios, equity), index) : ZERO;
    return { coin, equity, index, adjusted: counted, need: ZERO };
  }
  const adjusted = multiply(equity, index);
  return { coin, equity, index, adjusted, need: multiply(negate(adjusted), rateAt(borrow, negate(equity)) ?? ONE) };
}

/** A debt whose rate is not known requires all of itself. */
export const inFull: readonly Band[] = [{ rate: ONE }];
