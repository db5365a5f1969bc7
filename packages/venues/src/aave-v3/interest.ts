import { RAY, rayMul } from "./wad-ray-math.ts";

/** 365 days: the contract's SECONDS_PER_YEAR. */
const YEAR = 31_536_000n;

/**
 * Growth of supplies over `seconds` at a yearly rate, both RAY: simple interest, floor inside.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, MathUtils.calculateLinearInterest
 */
export const linearInterest = (rate: bigint, seconds: bigint): bigint => RAY + (rate * seconds) / YEAR;

/**
 * Growth of debts over `seconds` at a yearly rate, both RAY: the first four terms of e^x, in the order of the contract.
 * @source aave-v3-origin 3.6.0, MathUtils.calculateCompoundedInterest (this form since v3.5)
 */
export function compoundedInterest(rate: bigint, seconds: bigint): bigint {
  const x = (rate * seconds) / YEAR;
  return RAY + x + rayMul(x, x / 2n + rayMul(x, x / 6n));
}

/**
 * The same before v3.5: three terms of (1 + rate / year) ^ seconds, each power of the rate cut before it is multiplied.
 * @source core-v3 1.19.3, MathUtils.calculateCompoundedInterest
 */
export function binomialInterest(rate: bigint, seconds: bigint): bigint {
  if (seconds === 0n) return RAY;
  const [less1, less2] = [seconds - 1n, seconds > 2n ? seconds - 2n : 0n];
  const square = rayMul(rate, rate) / (YEAR * YEAR);
  const cube = rayMul(square, rate) / YEAR;
  const second = (seconds * less1 * square) / 2n;
  const third = (seconds * less1 * less2 * cube) / 6n;
  return RAY + (rate * seconds) / YEAR + second + third;
}
