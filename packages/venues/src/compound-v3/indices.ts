import { FACTOR_SCALE, INDEX_SCALE, mulFactor, presentOf } from "./comet-math.ts";
import type { CometBody, Totals } from "./holding.ts";
import type { CometTerms, RateCurve } from "./terms.ts";

/** Both indices of a market, scale 1e15. */
export interface Indices {
  readonly supply: bigint;
  readonly borrow: bigint;
}

/** Share of the supplies that is lent out, scale 1e18, at the stored indices; above 1 where reserves are lent too. */
export function utilizationOf({ supplied, borrowed, supplyIndex, borrowIndex }: Totals): bigint {
  const supply = presentOf(supplied, supplyIndex);
  return supply === 0n ? 0n : (presentOf(borrowed, borrowIndex) * FACTOR_SCALE) / supply;
}

/**
 * Rate per second, scale 1e18, at a utilization: each product down, then the sum.
 * @source Comet, getSupplyRate, getBorrowRate
 */
export function rateAt({ kink, base, slopeLow, slopeHigh }: RateCurve, utilization: bigint): bigint {
  if (utilization <= kink) return base + mulFactor(slopeLow, utilization);
  return base + mulFactor(slopeLow, kink) + mulFactor(slopeHigh, utilization - kink);
}

/** Seconds since the market was last touched. @throws when that lies in the future of the holding: a mixed-up snapshot. */
export function secondsSince({ lastAccrual }: Totals, timestamp: bigint): bigint {
  if (timestamp < lastAccrual)
    throw new Error(`invariant broken: the market was touched at ${lastAccrual}, after the holding's ${timestamp}`);
  return timestamp - lastAccrual;
}

/**
 * The stored indices projected to `timestamp` (seconds): simple interest from touch to touch, at the rate of the utilization
 * that the last touch left behind.
 * @source Comet, accruedInterestIndices
 */
export function indicesAt(totals: Totals, { supplyCurve, borrowCurve }: CometTerms, timestamp: bigint): Indices {
  const seconds = secondsSince(totals, timestamp);
  const utilization = utilizationOf(totals);
  const grown = (index: bigint, curve: RateCurve) => index + mulFactor(index, rateAt(curve, utilization) * seconds);
  return { supply: grown(totals.supplyIndex, supplyCurve), borrow: grown(totals.borrowIndex, borrowCurve) };
}

/** What the contract does first in every action on the base asset and in `absorb`: the projected indices become the stored ones. */
export const accrue = (body: CometBody, terms: CometTerms): CometBody =>
  body.totals === "not-read" ? body : { ...body, totals: touched(body.totals, terms, body.timestamp) };

/** The totals that a touch at `timestamp` (seconds) stores. */
export function touched(totals: Totals, terms: CometTerms, timestamp: bigint): Totals {
  const { supply, borrow } = indicesAt(totals, terms, timestamp);
  return { ...totals, supplyIndex: supply, borrowIndex: borrow, lastAccrual: timestamp };
}

/** The stored indices; a market that was not read holds plain amounts: both are 1. */
export const storedIndices = ({ totals }: CometBody): Indices =>
  totals === "not-read"
    ? { supply: INDEX_SCALE, borrow: INDEX_SCALE }
    : { supply: totals.supplyIndex, borrow: totals.borrowIndex };
