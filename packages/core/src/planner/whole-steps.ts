import { type Exact, fromNumber, quotient } from "@plimsoll/core/units";

/** How near a whole step counts as the whole step: beyond what a double tells of an amount. */
const NEAR = 1e-9;

/** The whole steps under and over an amount; the same where it is one. */
export function fromAmount(amount: number, step: Exact): { readonly down: bigint; readonly up: bigint } {
  const steps = quotient(fromNumber(amount), step, 9, "half-even");
  const whole = quotient(steps, { digits: 1n, scale: 0 }, 0, "floor").digits;
  const rest = Number(steps.digits - whole * 10n ** 9n) / 1e9;
  const near = Math.max(NEAR, Number(whole) * 1e-15);
  if (rest <= near) return { down: whole, up: whole };
  return rest >= 1 - near ? { down: whole + 1n, up: whole + 1n } : { down: whole, up: whole + 1n };
}
