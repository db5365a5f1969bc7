import { RAY, rpow } from "./fixed-point.ts";

/** 365 days, as stability fees are quoted for a year. */
const YEAR = 31_536_000n;

/** The fee per second, RAY, whose year of compounding comes closest to a yearly fee without exceeding it; both one plus the fee. */
export function feePerSecond(yearly: bigint): bigint {
  let [low, high] = [RAY, RAY + (yearly - RAY) / YEAR + 1n];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (rpow(middle, YEAR) <= yearly) low = middle;
    else high = middle;
  }
  return low;
}
