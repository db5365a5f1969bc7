import { type Result, type Why, fail, ok, why } from "./result.ts";
import { type Rounding, divide, pow10 } from "./rounding.ts";

/** An exact decimal with its scale as data: the value is `digits / 10 ** scale`, `scale >= 0`. */
export interface Exact {
  readonly digits: bigint;
  readonly scale: number;
}

export const exact = (digits: bigint, scale = 0): Exact => ({ digits, scale });
export const ZERO: Exact = exact(0n);
export const ONE: Exact = exact(1n);

const decimal = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Reads plain decimal text ("-12.50"); never through a float. Exponents, blanks and separators are refused. */
export function parseExact(text: string): Result<Exact, Why> {
  const match = decimal.exec(text);
  if (match === null)
    return fail(why("not-a-decimal", { value: text, next: "write plain digits, for example 1234.56" }));
  const [, sign, whole, fraction = ""] = match;
  const digits = BigInt(`${whole}${fraction}`);
  return ok(exact(sign === "-" ? -digits : digits, fraction.length));
}

/** Reads decimal text that our own code wrote. @throws when the text is not a decimal. */
export function dec(text: string): Exact {
  const read = parseExact(text);
  if (!read.ok) throw new Error(`invariant broken: "${text}" is not a decimal`);
  return read.value;
}

/** Plain decimal text with all digits of the scale. */
export function text({ digits, scale }: Exact): string {
  const sign = digits < 0n ? "-" : "";
  const plain = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return scale === 0 ? `${sign}${plain}` : `${sign}${plain.slice(0, -scale)}.${plain.slice(-scale)}`;
}

/** For sentences: cut to `places` decimals toward minus infinity, without idle zeros; a figure reads no better than it is. */
export const brief = (value: Exact, places = 4): string =>
  text(trim(value.scale > places ? rescale(value, places, "floor") : value));

/** The same value at another scale; losing digits needs the named rounding. */
export function rescale(value: Exact, scale: number, rounding: Rounding): Exact {
  if (scale >= value.scale) return exact(value.digits * pow10(scale - value.scale), scale);
  return exact(divide(value.digits, pow10(value.scale - scale), rounding), scale);
}

/** Drops trailing zeros of the fraction. */
export function trim({ digits, scale }: Exact): Exact {
  let [rest, places] = [digits, scale];
  while (places > 0 && rest % 10n === 0n) [rest, places] = [rest / 10n, places - 1];
  return exact(rest, places);
}

const aligned = (a: Exact, b: Exact): readonly [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * pow10(scale - a.scale), b.digits * pow10(scale - b.scale), scale];
};

export function add(a: Exact, b: Exact): Exact {
  const [left, right, scale] = aligned(a, b);
  return exact(left + right, scale);
}
export const negate = (a: Exact): Exact => exact(-a.digits, a.scale);
export const subtract = (a: Exact, b: Exact): Exact => add(a, negate(b));
/** Exact product; the scales add up. */
export const multiply = (a: Exact, b: Exact): Exact => exact(a.digits * b.digits, a.scale + b.scale);
/** Quotient at `scale` decimals under a named rounding. @throws on division by zero. */
export const quotient = (a: Exact, b: Exact, scale: number, rounding: Rounding): Exact =>
  exact(divide(a.digits * pow10(scale + b.scale), b.digits * pow10(a.scale), rounding), scale);

/** -1, 0 or 1. */
export function compare(a: Exact, b: Exact): -1 | 0 | 1 {
  const [left, right] = aligned(a, b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
export const atLeast = (a: Exact, b: Exact): boolean => compare(a, b) >= 0;
export const below = (a: Exact, b: Exact): boolean => compare(a, b) < 0;
export const smaller = (a: Exact, b: Exact): Exact => (compare(a, b) <= 0 ? a : b);
export const larger = (a: Exact, b: Exact): Exact => (compare(a, b) >= 0 ? a : b);
export const isZero = (a: Exact): boolean => a.digits === 0n;
export const isNegative = (a: Exact): boolean => a.digits < 0n;
export const magnitude = (a: Exact): Exact => (isNegative(a) ? negate(a) : a);

/** The nearest float64, for forms, sweeps and pictures only; nothing that sizes an action may use it. */
export const toNumber = (value: Exact): number => Number(text(value));

/** Exact decimal of a float's shortest text; for figures that were floats in the first place. */
export function fromNumber(value: number): Exact {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const read = dec(mantissa);
  const shift = Number(exponent) - read.scale;
  return shift >= 0 ? exact(read.digits * pow10(shift)) : exact(read.digits, -shift);
}
