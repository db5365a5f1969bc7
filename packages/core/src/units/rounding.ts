/** `down` and `up` are toward and away from zero; `floor` and `ceil` toward minus and plus infinity; `half-up` ties away from zero. */
export type Rounding = "down" | "up" | "floor" | "ceil" | "half-up" | "half-even";

/**
 * Integer quotient under a named rounding.
 * @throws when the divisor is zero: a caller's bug.
 */
export function divide(numerator: bigint, divisor: bigint, rounding: Rounding): bigint {
  if (divisor === 0n) throw new Error("invariant broken: division by zero");
  const quotient = numerator / divisor;
  if (rounding === "down") return quotient;
  const rest = numerator - quotient * divisor;
  if (rest === 0n) return quotient;
  const away = numerator < 0n === divisor < 0n ? 1n : -1n;
  switch (rounding) {
    case "up":
      return quotient + away;
    case "floor":
      return away < 0n ? quotient - 1n : quotient;
    case "ceil":
      return away > 0n ? quotient + 1n : quotient;
    case "half-up":
      return 2n * absolute(rest) >= absolute(divisor) ? quotient + away : quotient;
    case "half-even": {
      const twice = 2n * absolute(rest);
      if (twice === absolute(divisor)) return quotient % 2n === 0n ? quotient : quotient + away;
      return twice > absolute(divisor) ? quotient + away : quotient;
    }
  }
}

/** `a * b / c` in integers under a named rounding. */
export const mulDiv = (a: bigint, b: bigint, c: bigint, rounding: Rounding): bigint => divide(a * b, c, rounding);

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
export const minOf = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** A table, since every exact figure asks for these: powers of uint256's size and a little more. */
const powersOfTen = Array.from({ length: 81 }, (_, power) => 10n ** BigInt(power));
export const pow10 = (power: number): bigint => powersOfTen[power] ?? 10n ** BigInt(power);
