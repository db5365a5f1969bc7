import { mulDiv } from "@plimsoll/core/units";
import { WAD } from "./constants.ts";
import type { Totals } from "./holding.ts";
import { type Side, toSharesDown } from "./shares.ts";

export const borrowSide = ({ borrowAssets, borrowShares }: Totals): Side => ({
  assets: borrowAssets,
  shares: borrowShares,
});
export const supplySide = ({ supplyAssets, supplyShares }: Totals): Side => ({
  assets: supplyAssets,
  shares: supplyShares,
});

/**
 * Growth of a debt as a WAD share: the first three terms of e^(rate * seconds) - 1.
 * @param rate WAD per second
 * @source morpho-blue 1.0.0, MathLib.wTaylorCompounded
 */
export function compounded(rate: bigint, seconds: bigint): bigint {
  const first = rate * seconds;
  const second = mulDiv(first, first, 2n * WAD, "down");
  return first + second + mulDiv(second, first, 3n * WAD, "down");
}

/**
 * A market with the interest up to `timestamp` at the rate that was read; one of earlier changes nothing.
 * @param fee WAD share of the interest, paid in new supply shares
 * @source morpho-blue 1.0.0, Morpho._accrueInterest
 */
export function accrue(totals: Totals & { readonly borrowRate: bigint }, fee: bigint, timestamp: bigint): Totals {
  const seconds = timestamp - totals.lastUpdate;
  if (seconds <= 0n) return totals;
  const interest = mulDiv(totals.borrowAssets, compounded(totals.borrowRate, seconds), WAD, "down");
  const charged = mulDiv(interest, fee, WAD, "down");
  const supplyAssets = totals.supplyAssets + interest;
  const feeShares = toSharesDown(charged, { assets: supplyAssets - charged, shares: totals.supplyShares });
  return {
    ...totals,
    borrowAssets: totals.borrowAssets + interest,
    supplyAssets,
    supplyShares: totals.supplyShares + feeShares,
    lastUpdate: timestamp,
  };
}
