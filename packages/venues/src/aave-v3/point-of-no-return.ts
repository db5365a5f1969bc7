import { type Exact, exact } from "@plimsoll/core/units";
import type { Position } from "./position.ts";

/** Threshold times bonus of one collateral, a health: a liquidation that takes it raises health above, lowers it below. */
export const turningPoint = ({ counts }: Pick<Position, "counts">): Exact =>
  exact(counts.liquidationThreshold * counts.liquidationBonus, 8);

/**
 * The health below which every liquidation of the account lowers its health further: the smallest turning point of what it holds
 * as collateral. Above it a liquidator may still choose a collateral whose own turning point is higher.
 * @returns "no-collateral" where nothing can be taken.
 * @source arithmetic: repaying x of debt D takes x * bonus of collateral, so (W - x * bonus * threshold) / (D - x) falls exactly
 *   where W / D < threshold * bonus; fees and rounding are within it
 */
export function pointOfNoReturn(positions: readonly Position[]): Exact | "no-collateral" {
  const points = positions.filter(({ isCollateral, supplied }) => isCollateral && supplied > 0n).map(turningPoint);
  const [first, ...rest] = points;
  if (first === undefined) return "no-collateral";
  return rest.reduce((least, point) => (point.digits < least.digits ? point : least), first);
}
