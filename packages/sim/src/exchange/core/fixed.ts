import { type Rounding, dec, divide, exact, pow10, rescale, text } from "@plimsoll/core/units";

/** Everything inside the exchange is an integer of 1e-8: prices, sizes, money and rates. */
export const SCALE = 8;
export const ONE = pow10(SCALE);
/** Money at 1e-8 from an exact product (price times size, money times rate) at 1e-16. */
export const money = (product: bigint, rounding: Rounding): bigint => divide(product, ONE, rounding);

/** Decimal text of our own parameters to 1e-8. @throws when the text is not a decimal or has more than eight decimals. */
export function fixed(decimalText: string): bigint {
  const value = dec(decimalText);
  const scaled = rescale(value, SCALE, "down");
  if (scaled.digits * pow10(value.scale) !== value.digits * ONE)
    throw new Error(`invariant broken: "${decimalText}" has more than ${SCALE} decimals`);
  return scaled.digits;
}
/** Plain decimal text with eight decimals, as the venue prints money. */
export const printed = (value: bigint): string => text(exact(value, SCALE));

export const signOf = (value: bigint): bigint => (value > 0n ? 1n : value < 0n ? -1n : 0n);
/** The next multiple of `step` under a named rounding. */
export const onGrid = (value: bigint, step: bigint, rounding: Rounding): bigint => divide(value, step, rounding) * step;
