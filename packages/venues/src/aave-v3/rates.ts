import type { ReserveTerms } from "./terms.ts";
import { BPS, RAY, percentMul, rayDiv, rayMul } from "./wad-ray-math.ts";

/** What decides the rates of a reserve; amounts in the asset's units. */
export interface Usage {
  readonly debt: bigint;
  /** Virtual balance after what the action adds and takes. */
  readonly available: bigint;
  readonly deficit: bigint;
}
/** RAY per year. */
export interface Rates {
  readonly supply: bigint;
  readonly borrow: bigint;
}

const ray = (bps: bigint): bigint => bps * (RAY / BPS);

/**
 * Rates after an action: two straight slopes over the used share; a deficit lowers what suppliers earn, not what borrowers pay.
 * @source aave-v3-origin 3.6.0, DefaultReserveInterestRateStrategyV2.calculateInterestRates (`unbacked` carries the deficit)
 */
export function ratesFor(
  { debt, available, deficit }: Usage,
  terms: Pick<ReserveTerms, "rates" | "reserveFactor">,
): Rates {
  const [base, optimal] = [ray(terms.rates.base), ray(terms.rates.optimalUsage)];
  if (debt === 0n) return { supply: 0n, borrow: base };
  const borrowUsage = rayDiv(debt, available + debt);
  const supplyUsage = rayDiv(debt, available + debt + deficit);
  const [slope1, slope2] = [ray(terms.rates.slope1), ray(terms.rates.slope2)];
  const borrow =
    borrowUsage > optimal
      ? base + slope1 + rayMul(slope2, rayDiv(borrowUsage - optimal, RAY - optimal))
      : base + rayDiv(rayMul(slope1, borrowUsage), optimal);
  return { supply: percentMul(rayMul(borrow, supplyUsage), BPS - terms.reserveFactor), borrow };
}
