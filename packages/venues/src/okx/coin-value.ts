import { marginal, rateAt } from "@plimsoll/core/margin";
import { type Exact, ZERO, isNegative, multiply, negate } from "@plimsoll/core/units";
import type { CoinTerms } from "./terms.ts";

/** One coin inside the multi-currency account, in USD. */
export interface CoinValue {
  readonly coin: string;
  /** Balance and profit in coins. */
  readonly equity: Exact;
  readonly index: Exact;
  /** What counts: discounted when above 0, in full when below. */
  readonly adjusted: Exact;
  /** Maintenance on what is owed. */
  readonly need: Exact;
}

/**
 * What a coin counts toward adjusted equity, and what its debt requires.
 * @returns undefined where it is owed and the rate on that debt is not known.
 * @source README.md rules 7 to 9.
 */
export function coinValue(coin: string, equity: Exact, index: Exact, terms: CoinTerms): CoinValue | undefined {
  const value = multiply(equity, index);
  if (!isNegative(equity)) return { coin, equity, index, adjusted: discounted(equity, index, terms), need: ZERO };
  const rate = terms.borrow && rateAt(terms.borrow, negate(equity));
  return rate && { coin, equity, index, adjusted: value, need: multiply(negate(value), rate) };
}

function discounted(equity: Exact, index: Exact, { discountBy, discounts }: CoinTerms): Exact {
  if (discountBy === "usd") return marginal(discounts, multiply(equity, index));
  return multiply(marginal(discounts, equity), index);
}
