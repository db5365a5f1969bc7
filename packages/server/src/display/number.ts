import {
  type Exact,
  type Rounding,
  add,
  compare,
  dec,
  exact,
  isNegative,
  isZero,
  magnitude,
  pow10,
  rescale,
  text,
  trim,
} from "@plimsoll/core/units";

const NARROW = "\u202f"; // narrow no-break space: 12 345 never breaks and stays readable in a terminal
const MINUS = "\u2212";

/** Plain decimal text with the whole part in groups of three and a true minus sign. */
export function grouped(decimal: string): string {
  const [whole = "", fraction] = decimal.replace("-", "").split(".");
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, NARROW);
  return `${decimal.startsWith("-") ? MINUS : ""}${groups}${fraction === undefined ? "" : `.${fraction}`}`;
}

/**
 * Decimal text cut to `places` decimals; a figure that would show as 0 keeps its first two digits instead.
 * The default rounding is floor: a screen may look worse than the account, never better.
 */
export function cut(decimal: string, places: number, rounding: Rounding = "floor"): string {
  const value = dec(decimal);
  const short = rescale(value, places, rounding);
  if (!isZero(short) || isZero(value)) return text(short);
  return text(trim(significant(value, 2, rounding)));
}

/** The value with so many significant digits, for prices of any size. */
export function significant(value: Exact, digits: number, rounding: Rounding): Exact {
  const length = magnitude(value).digits.toString().length;
  const places = value.scale - length + digits;
  if (places >= 0) return places >= value.scale ? value : rescale(value, places, rounding);
  const unit = pow10(-places);
  return rescale(exact(rescale({ ...value, scale: value.scale - places }, 0, rounding).digits * unit), 0, "down");
}

/** "12 345.67 USDT"; what is needed or owed is rounded up. */
export const moneyText = (
  amount: { readonly value: string; readonly unit: string },
  rounding: Rounding = "floor",
): string => `${grouped(cut(amount.value, 2, rounding))} ${amount.unit}`;

/** A price with five significant digits, none of the whole part lost: "63 512", "3 150.2", "0.99812". */
export function priceText(decimal: string, rounding: Rounding = "half-even"): string {
  const value = dec(decimal);
  const whole = magnitude(value).digits.toString().length - value.scale;
  return grouped(text(whole >= 5 ? rescale(value, 0, rounding) : significant(value, 5, rounding)));
}

/**
 * A share as percent, cut toward zero because a shorter way is the worse one: "37%", "4.2%", "0.42%".
 * @param decimals fixed where the figure stands beside its threshold: "10.07%" is not yet 10 %.
 */
export function percentText(share: string, decimals?: number): string {
  const value = dec(share);
  const percent = exact(value.digits * 100n, value.scale);
  const size = magnitude(percent);
  const places = decimals ?? (compare(size, exact(10n)) >= 0 ? 0 : compare(size, exact(1n)) >= 0 ? 1 : 2);
  return `${grouped(cut(text(percent), places, "down"))}%`;
}

/** A threshold as percent, with the digits it has: "30%", "12.5%". */
export function levelText(share: string): string {
  const { digits, scale } = dec(share);
  return `${grouped(text(trim(exact(digits * 100n, scale))))}%`;
}

/** A signed share: "−37%", "+4.2%"; of a rise to ten times and more the factor, rounded down: "×17". */
export function moveText(share: string): string {
  const value = dec(share);
  if (compare(value, exact(9n)) >= 0) return `×${grouped(text(rescale(add(value, exact(1n)), 0, "down")))}`;
  return `${isNegative(value) ? "" : "+"}${percentText(share)}`;
}

/** Health with three decimals, rounded down: loops act between 1.03 and 1.06. */
export const healthText = (health: string): string => grouped(cut(health, 3));
