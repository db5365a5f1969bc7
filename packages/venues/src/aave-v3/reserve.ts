import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Pool, ReserveHeld } from "./holding.ts";
import type { ReserveTerms } from "./terms.ts";
import { indicesAt, secondsSince } from "./indices.ts";
import type { Revision } from "./revision.ts";
import { percentMul } from "./wad-ray-math.ts";

/** Changes the pool's side of a reserve where it was read. */
export const withPool = (held: ReserveHeld, change: (pool: Pool) => Partial<Pool>): ReserveHeld =>
  held.pool === "not-read" ? held : { ...held, pool: { ...held.pool, ...change(held.pool) } };

/**
 * The reserve as the first lines of every action leave it: indices stored at `timestamp`, the treasury's share accrued.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, ReserveLogic.updateState, _updateIndexes
 */
export const touchReserve = (
  held: ReserveHeld,
  terms: ReserveTerms,
  timestamp: bigint,
  revision: Revision,
): ReserveHeld =>
  withPool(held, (pool) => {
    if (secondsSince(pool, timestamp) === 0n) return pool;
    const { supply, debt } = indicesAt(pool, timestamp, revision);
    // The debt index stands still while nobody owes, although a base rate may be stored.
    const variableBorrowIndex = pool.scaledDebt === 0n ? pool.variableBorrowIndex : debt;
    const touched = { ...pool, liquidityIndex: supply, variableBorrowIndex, lastUpdate: timestamp };
    return { ...touched, accruedToTreasury: pool.accruedToTreasury + treasuryShare(pool, touched, terms, revision) };
  });

/**
 * Scaled supply that accrues to the treasury between two moments of a reserve.
 * @source aave-v3-origin 3.6.0 and core-v3 1.19.3, ReserveLogic._accrueToTreasury
 */
export function treasuryShare(
  before: Pool,
  after: Pool,
  terms: ReserveTerms,
  { interestBetween, tokens }: Revision,
): bigint {
  const interest = interestBetween(before.scaledDebt, before.variableBorrowIndex, after.variableBorrowIndex);
  return tokens.scaledToMintSupply(percentMul(interest, terms.reserveFactor), after.liquidityIndex);
}

/** Scaled aTokens minted (or, below 0, burned), of the user and of the pool's total. */
export const moveSupply = (held: ReserveHeld, scaled: bigint): ReserveHeld => ({
  ...withPool(held, (pool) => ({ scaledSupply: pool.scaledSupply + scaled })),
  scaledSupply: held.scaledSupply + scaled,
});
/** Scaled debt burned, of the user and of the pool's total. */
export const burnDebt = (held: ReserveHeld, scaled: bigint): ReserveHeld => ({
  ...withPool(held, (pool) => ({ scaledDebt: pool.scaledDebt - scaled })),
  scaledDebt: held.scaledDebt - scaled,
});

/** What an action moves into and out of a reserve's virtual balance, in the asset's units. */
export interface Movement {
  readonly added?: bigint;
  readonly taken?: bigint;
  /** What comes in after the rates were set. */
  readonly late?: bigint;
}

/**
 * The reserve as the last lines of every action leave it: virtual balance moved, rates for the new usage. It has been touched
 * and already holds the new debt.
 * @returns why not, where the reserve does not hold what is taken (the contract's subtraction reverts).
 * @source aave-v3-origin 3.6.0, ReserveLogic.updateInterestRatesAndVirtualBalance
 */
export function settleReserve(
  held: ReserveHeld,
  terms: ReserveTerms,
  { added = 0n, taken = 0n, late = 0n }: Movement,
  { tokens, rates: ratesFor }: Revision,
): Result<ReserveHeld, Why> {
  if (held.pool === "not-read") return ok(held);
  const available = held.pool.virtualBalance + added - taken;
  if (available < 0n)
    return fail(
      why("aave-v3/not-enough-liquidity", {
        asset: terms.asset,
        taken: `${taken}`,
        available: `${held.pool.virtualBalance}`,
        next: "take no more than the reserve holds; the rest is lent out",
      }),
    );
  const debt = tokens.debtOf(held.pool.scaledDebt, held.pool.variableBorrowIndex);
  const rates = ratesFor({ debt, available, deficit: held.pool.deficit }, terms);
  return ok(
    withPool(held, () => ({
      virtualBalance: available + late,
      liquidityRate: rates.supply,
      variableBorrowRate: rates.borrow,
    })),
  );
}
