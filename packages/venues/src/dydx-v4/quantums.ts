import { type Exact, type Rounding, divide, exact, pow10, rescale } from "@plimsoll/core/units";
import type { MarketTerms } from "./terms.ts";
import { MILLION } from "./terms.ts";

/** Decimals of a quote quantum: a millionth of a USDC. */
export const QUOTE_SCALE = 6;

/**
 * Value of base quantums at a price, in quote quantums, cut toward zero.
 * @source v4-chain, lib/quantums.go: base * price * 10^(exponent + atomicResolution + 6).
 */
export function toQuote(base: bigint, { digits, scale }: Exact, { atomicResolution }: MarketTerms): bigint {
  const power = atomicResolution + QUOTE_SCALE - scale;
  const product = base * digits;
  return power >= 0 ? product * pow10(power) : divide(product, pow10(-power), "down");
}

/** Base quantums that a notional buys, cut toward zero. */
export function toBase(quote: bigint, { digits, scale }: Exact, { atomicResolution }: MarketTerms): bigint {
  const power = scale - atomicResolution - QUOTE_SCALE;
  return power >= 0 ? divide(quote * pow10(power), digits, "down") : divide(quote, digits * pow10(-power), "down");
}

export const perMillion = (amount: bigint, ppm: bigint, rounding: "ceil" | "floor"): bigint =>
  divide(amount * ppm, MILLION, rounding);

/** A figure in the smallest units of so many decimals. */
export const unitsOf = (value: Exact, scale: number, rounding: Rounding): bigint =>
  rescale(value, scale, rounding).digits;

/** Quote quantums as USDC. */
export const usdc = (quantums: bigint): Exact => exact(quantums, QUOTE_SCALE);
