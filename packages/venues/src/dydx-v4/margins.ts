import { absolute, divide, maxOf } from "@plimsoll/core/units";
import { perMillion } from "./quantums.ts";
import { MILLION, type MarketTerms } from "./terms.ts";

/**
 * Maintenance requirement of a notional: both steps rounded up; neither open interest nor the owner's leverage move it.
 * @source v4-chain, perpetuals/lib/lib.go: ceil(ceil(notional * initial margin) * maintenance fraction).
 */
export const maintenanceOf = (notional: bigint, terms: MarketTerms): bigint =>
  perMillion(perMillion(absolute(notional), terms.initialMarginPpm, "ceil"), terms.maintenanceFractionPpm, "ceil");

/**
 * Initial requirement of a notional: the base share below the lower cap, 100 % from the upper cap on, straight between them,
 * rounded up; never less than the owner's own setting asks for.
 * @param openInterest in quote quantums.
 * @source v4-chain, perpetuals/types/liquidity_tier.go, GetInitialMarginQuoteQuantums.
 */
export function initialOf(notional: bigint, openInterest: bigint, terms: MarketTerms, ownPpm = 0n): bigint {
  const { initialMarginPpm: base, openInterestLowerCap: lower, openInterestUpperCap: upper } = terms;
  const value = absolute(notional);
  const own = perMillion(value, ownPpm, "ceil");
  if (upper === 0n || openInterest <= lower) {
    return maxOf(own, perMillion(value, base, "ceil"));
  }
  if (openInterest >= upper) return maxOf(own, value);
  const share = base * (upper - lower) + (MILLION - base) * (openInterest - lower);
  return maxOf(own, divide(value * share, MILLION * (upper - lower), "ceil"));
}

/**
 * Funding not yet settled, in quote quantums: paid by a long when the index rose; cut toward zero.
 * @source v4-chain, perpetuals/lib/lib.go, GetSettlementPpmWithPerpetual.
 */
export const unsettledFunding = (size: bigint, from: bigint, to: bigint): bigint =>
  divide(-(to - from) * size, MILLION, "down");
