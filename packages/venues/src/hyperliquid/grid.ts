import { type Exact, exact, rescale, trim } from "@plimsoll/core/units";
import type { Rules } from "./terms.ts";

type Figures = Pick<Rules, "priceFigures" | "priceDecimals">;

/**
 * Decimals that a price near this one may have: so many significant figures, so many decimals less those of the size; whole
 * numbers are always allowed.
 * @source Hyperliquid documentation, tick and lot size.
 */
export function decimalsAt(price: Exact, sizeDecimals: number, { priceFigures, priceDecimals }: Figures): number {
  const { digits, scale } = trim(price);
  const whole = digits.toString().length - scale;
  return Math.max(0, Math.min(priceDecimals - sizeDecimals, priceFigures - whole));
}

/** Whether the venue takes this price. */
export const isOnGrid = (price: Exact, sizeDecimals: number, rules: Figures): boolean =>
  price.digits > 0n && trim(price).scale <= decimalsAt(price, sizeDecimals, rules);

/** The price on the grid nearest to a bound that does not go beyond it; at least one unit. */
export function limitWithin(bound: Exact, rounding: "floor" | "ceil", sizeDecimals: number, rules: Figures): Exact {
  const scale = decimalsAt(bound, sizeDecimals, rules);
  const limit = rescale(bound, scale, rounding);
  return limit.digits > 0n ? limit : exact(1n, scale);
}

/** Significant figures of a price that is not whole. @source Hyperliquid documentation, tick and lot size */
export const FIGURES = 5;

/** A price cut to so many significant figures; what is whole stays as it is. */
export function toFigures(price: Exact, figures: number, rounding: "floor" | "ceil"): Exact {
  const whole = price.digits.toString().length - price.scale;
  return rescale(price, Math.max(0, Math.min(price.scale, figures - whole)), rounding);
}
