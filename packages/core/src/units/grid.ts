import { type Exact, ONE, add, isNegative, multiply, quotient, rescale } from "./exact.ts";

/** Whether a value is above 0 and a whole multiple of a step above 0. */
export function isMultiple(value: Exact, step: Exact): boolean {
  if (value.digits <= 0n) return false;
  const scale = Math.max(value.scale, step.scale);
  return rescale(value, scale, "down").digits % rescale(step, scale, "down").digits === 0n;
}

/** The largest whole multiple of a step that is not above a value of 0 or more. */
export const cutToStep = (value: Exact, step: Exact): Exact => multiply(step, quotient(value, step, 0, "down"));

/** The tick nearest to `price * (1 + slippage)` that does not go beyond it; at least one tick. */
export function limitWithin(price: Exact, slippage: Exact, tick: Exact): Exact {
  const ticks = quotient(multiply(price, add(ONE, slippage)), tick, 0, isNegative(slippage) ? "ceil" : "floor");
  return ticks.digits > 0n ? multiply(tick, ticks) : tick;
}
