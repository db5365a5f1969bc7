import { type Exact, larger, magnitude, multiply, quotient, smaller, subtract } from "@plimsoll/core/units";
import { type Exposure, QUOTIENT_SCALE } from "./exposure.ts";

/**
 * Size to close, in whole steps, that brings a position to the top of a tier (counted from 1) at the price that values it; of
 * tier 0 all of it. At least one step.
 */
export function excessSize({ position, terms, mark, valuation }: Exposure, tier: number): Exact {
  const whole = magnitude(position.size);
  const target = terms.tiers[tier - 1];
  if (target === undefined) return whole;
  const price = valuation === "mark" ? mark : position.entry;
  const kept =
    terms.type === "linear" ? quotient(target.cap, price, QUOTIENT_SCALE, "floor") : multiply(target.cap, price);
  const steps = quotient(subtract(whole, kept), terms.step, 0, "ceil");
  return smaller(whole, larger(terms.step, multiply(terms.step, steps)));
}
