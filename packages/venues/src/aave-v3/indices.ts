import type { Pool, ReserveHeld } from "./holding.ts";
import { RAY, rayMul } from "./wad-ray-math.ts";

/** 365 days: the contract's SECONDS_PER_YEAR. */
const YEAR = 31_536_000n;

/**
 * Growth of supplies over `seconds` at a yearly rate, both RAY: simple interest, floor inside.
 * @source aave-v3-origin 3.6.0, MathUtils.calculateLinearInterest
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

/** Both indices of a reserve, RAY. */
export interface Indices {
  readonly supply: bigint;
  readonly debt: bigint;
}

/**
 * Indices of a reserve projected to `timestamp` (seconds); what is stored moves only when somebody touches the reserve.
 * A reserve that was not read holds plain amounts: both are 1.
 * @source aave-v3-origin 3.6.0, ReserveLogic.getNormalizedIncome, getNormalizedDebt
 */
export function indicesAt(pool: ReserveHeld["pool"], timestamp: bigint): Indices {
  if (pool === "not-read") return { supply: RAY, debt: RAY };
  const seconds = secondsSince(pool, timestamp);
  if (seconds === 0n) return { supply: pool.liquidityIndex, debt: pool.variableBorrowIndex };
  return {
    supply: rayMul(linearInterest(pool.liquidityRate, seconds), pool.liquidityIndex),
    debt: rayMul(compoundedInterest(pool.variableBorrowRate, seconds), pool.variableBorrowIndex),
  };
}

/** Seconds since the reserve was last touched. @throws when the reserve lies in the future of the holding: a mixed-up snapshot. */
export function secondsSince({ lastUpdate }: Pool, timestamp: bigint): bigint {
  if (timestamp < lastUpdate)
    throw new Error(`invariant broken: the reserve was updated at ${lastUpdate}, after the holding's ${timestamp}`);
  return timestamp - lastUpdate;
}
