import type { Pool, ReserveHeld } from "./holding.ts";
import { linearInterest } from "./interest.ts";
import type { Revision } from "./revision.ts";
import { RAY, rayMul } from "./wad-ray-math.ts";

/** Both indices of a reserve, RAY. */
export interface Indices {
  readonly supply: bigint;
  readonly debt: bigint;
}

/**
 * Indices of a reserve projected to `timestamp` (seconds); what is stored moves only when somebody touches the reserve.
 * A reserve that was not read holds plain amounts: both are 1.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, ReserveLogic.getNormalizedIncome, getNormalizedDebt
 */
export function indicesAt(
  pool: ReserveHeld["pool"],
  timestamp: bigint,
  { compounded }: Pick<Revision, "compounded">,
): Indices {
  if (pool === "not-read") return { supply: RAY, debt: RAY };
  const seconds = secondsSince(pool, timestamp);
  if (seconds === 0n) return { supply: pool.liquidityIndex, debt: pool.variableBorrowIndex };
  return {
    supply: rayMul(linearInterest(pool.liquidityRate, seconds), pool.liquidityIndex),
    debt: rayMul(compounded(pool.variableBorrowRate, seconds), pool.variableBorrowIndex),
  };
}

/** Seconds since the reserve was last touched. @throws when the reserve lies in the future of the holding: a mixed-up snapshot. */
export function secondsSince({ lastUpdate }: Pool, timestamp: bigint): bigint {
  if (timestamp < lastUpdate)
    throw new Error(`invariant broken: the reserve was updated at ${lastUpdate}, after the holding's ${timestamp}`);
  return timestamp - lastUpdate;
}
