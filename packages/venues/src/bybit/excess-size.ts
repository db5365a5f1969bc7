import { type Exact, magnitude, multiply, quotient, smaller, subtract } from "@plimsoll/core/units";
import { type Exposure, QUOTIENT_SCALE, chargedOf } from "./exposure.ts";

/** Size to close, in whole steps, that brings a position at mark to the top of a tier (counted from 1); of tier 0 all of it. */
export function excessSize(exposure: Exposure, tier: number): Exact {
  const { position, terms, mark } = exposure;
  const whole = magnitude(position.size);
  const target = terms.tiers[tier - 1];
  if (target === undefined) return whole;
  const over = subtract(chargedOf(exposure), target.cap);
  if (over.digits <= 0n) return smaller(whole, terms.step);
  const size = terms.type === "linear" ? quotient(over, mark, QUOTIENT_SCALE, "ceil") : multiply(over, mark);
  const steps = quotient(size, terms.step, 0, "ceil");
  return smaller(whole, multiply(terms.step, steps));
}
