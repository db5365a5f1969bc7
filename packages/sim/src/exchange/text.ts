import { divide, exact, parseExact, pow10, rescale, text, trim } from "@plimsoll/core/units";
import { ONE, SCALE } from "./core/index.ts";

/** A value printed with the decimals of its grid: 1e-8 integers in, "7100.50" out. */
export const onStep = (value: bigint, step: bigint): string =>
  text(rescale(exact(value, SCALE), trim(exact(step, SCALE)).scale, "down"));

/** Money cut to eight decimals from an exact 1e-16 or 1e-24 figure. */
export const cut = (value: bigint, scale: 16 | 24): string => text(rescale(exact(value, scale), SCALE, "down"));

/** Average price, money over size, with twelve decimals as the venue prints entry prices; "0.0" for nothing. */
export const averageText = (moneyPaid: bigint, size: bigint): string =>
  size === 0n ? "0.0" : text(exact(divide(moneyPaid * pow10(12), size, "half-even"), 12));

/** Decimal text of a request as an integer of 1e-8; null when it is no decimal or has more decimals than the venue keeps. */
export function readFixed(written: string): bigint | null {
  const read = parseExact(written);
  if (!read.ok) return null;
  const { digits, scale } = trim(read.value);
  return scale > SCALE ? null : (digits * ONE) / pow10(scale);
}
