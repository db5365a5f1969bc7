import { mulDiv } from "@plimsoll/core/units";

/** One with 18 and 27 decimals: collateral, normalised debt and shares of it; prices, ratios and rates. */
export const WAD = 10n ** 18n;
export const RAY = 10n ** 27n;
/** A price of 18 decimals becomes one of 27. */
export const BILLION = 10n ** 9n;

/**
 * The core's products and quotients: plain integer division, nothing is negative.
 * @source makerdao/dss clip.sol, dog.sol, jug.sol, spot.sol
 */
export const rmul = (a: bigint, b: bigint): bigint => mulDiv(a, b, RAY, "down");
export const rdiv = (a: bigint, b: bigint): bigint => mulDiv(a, RAY, b, "down");
export const wmul = (a: bigint, b: bigint): bigint => mulDiv(a, b, WAD, "down");

/**
 * A ray to a whole power: by squaring from the lowest bit of the exponent up, every product rounded half up, in this order.
 * @source makerdao/dss jug.sol and abaci.sol, rpow; without their overflow reverts, which no real rate or time reaches
 */
export function rpow(base: bigint, exponent: bigint): bigint {
  const times = (a: bigint, b: bigint) => mulDiv(a, b, RAY, "half-up");
  let square = base;
  let power = exponent % 2n === 1n ? base : RAY;
  for (let left = exponent / 2n; left > 0n; left /= 2n) {
    square = times(square, square);
    if (left % 2n === 1n) power = times(power, square);
  }
  return power;
}
