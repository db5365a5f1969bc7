import type { ReserveTerms } from "./terms.ts";
import { BPS, RAY, percentMul, rayDiv, rayMul } from "./wad-ray-math.ts";

/** What decides the rates of a reserve; amounts in the asset's units. */
export interface Usage {
  readonly debt: bigint;
  /** What can be lent, after what the action adds and takes. */
  readonly available: bigint;
  readonly deficit: bigint;
}
/** RAY per year. */
export interface Rates {
  readonly supply: bigint;
  readonly borrow: bigint;
}
export type RateRule = (usage: Usage, terms: Pick<ReserveTerms, "rates" | "reserveFactor">) => Rates;

const ray = (bps: bigint): bigint => bps * (RAY / BPS);

/**
 * Rates after an action: two straight slopes over the used share; a deficit lowers what suppliers earn, not what borrowers pay.
 * @source aave-v3-origin 3.6.0, DefaultReserveInterestRateStrategyV2.calculateInterestRates (`unbacked` carries the deficit)
 */
export const ratesFor: RateRule = (usage, { rates, reserveFactor }) => {
  const { optimalUsage, base, slope1, slope2 } = rates;
  const slopes = { optimalUsage: ray(optimalUsage), base: ray(base), slope1: ray(slope1), slope2: ray(slope2) };
  if (usage.debt === 0n) return { supply: 0n, borrow: slopes.base };
  const borrow = borrowRate(usage, slopes);
  return { supply: percentMul(rayMul(borrow, supplyUsage(usage)), BPS - reserveFactor), borrow };
};

/** Amounts of 18 decimals become RAY by this factor. */
const WAD_TO_RAY = 10n ** 9n;

/**
 * The same before v3.1, for a reserve without stable debt: parameters in RAY, and an average over all debts that takes a detour
 * through amounts, which costs digits where little is owed.
 * @source core-v3 1.19.3, DefaultReserveInterestRateStrategy.calculateInterestRates, _getOverallBorrowRate
 */
export const ratesBefore31: RateRule = (usage, { rates, reserveFactor }) => {
  if (usage.debt === 0n) return { supply: 0n, borrow: rates.base };
  const borrow = borrowRate(usage, rates);
  const owed = usage.debt * WAD_TO_RAY;
  const average = rayDiv(rayMul(owed, borrow), owed);
  return { supply: percentMul(rayMul(average, supplyUsage(usage)), BPS - reserveFactor), borrow };
};

const supplyUsage = ({ debt, available, deficit }: Usage): bigint => rayDiv(debt, available + debt + deficit);

/** @param slopes all RAY. */
function borrowRate({ debt, available }: Usage, slopes: ReserveTerms["rates"]): bigint {
  const { optimalUsage: optimal, base, slope1, slope2 } = slopes;
  const usage = rayDiv(debt, available + debt);
  if (usage <= optimal) return base + rayDiv(rayMul(slope1, usage), optimal);
  return base + slope1 + rayMul(slope2, rayDiv(usage - optimal, RAY - optimal));
}
