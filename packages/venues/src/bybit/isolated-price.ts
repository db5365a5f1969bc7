import {
  type Exact,
  type Result,
  type Why,
  compare,
  fail,
  isNegative,
  isZero,
  magnitude,
  multiply,
  ok,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";
import {
  type Exposure,
  QUOTIENT_SCALE,
  bankruptValue,
  closingFee,
  deductionOf,
  maintenanceOf,
  priceOf,
  signOf,
  wholeSize,
} from "./exposure.ts";
import type { TierRow } from "./terms.ts";

/**
 * The price at which an isolated position meets its requirement, before it is put on a tick: row by row
 * `fixed + slope x = |slope| x rate - deduction + fee`, kept where the row is the one at that price.
 * @returns undefined where no price does it; a failure where it lies beyond the rows that are known.
 * @source README.md rule 11
 */
export function isolatedPrice(exposure: Exposure): Result<Exact | undefined, Why> {
  const { position, terms } = exposure;
  const { tiers, complete } = terms;
  const rounding = isNegative(position.size) ? "floor" : "ceil";
  const price = (value: Exact) => priceOf(exposure, value, QUOTIENT_SCALE, rounding);
  if (exposure.valuation === "entry") {
    const value = quotient(subtract(maintenanceOf(exposure), exposure.fixed), signOf(exposure), QUOTIENT_SCALE, "ceil");
    return ok(value.digits > 0n ? price(value) : undefined);
  }
  for (const [index, tier] of tiers.entries()) {
    const value = rootIn(exposure, { ...tier, number: index + 1 });
    if (value === undefined) continue;
    const whole = quotient(multiply(value, wholeSize(exposure)), magnitude(position.size), QUOTIENT_SCALE, "ceil");
    const isLast = complete && index === tiers.length - 1;
    if (compare(whole, tier.floor) >= 0 && (isLast || compare(whole, tier.cap) <= 0)) return ok(price(value));
  }
  const beyond = !complete && isNegative(exposure.slope) && bankruptValue(exposure) !== undefined;
  return beyond ? fail(priceBeyondTiers(position.symbol)) : ok(undefined);
}

/** Of a price that could exist only where no row is known. */
export const priceBeyondTiers = (symbol: string): Why =>
  why("bybit/beyond-tiers", {
    symbol,
    next: "the price lies beyond the last row that is known: read this symbol's whole risk-limit table",
  });

/** The value at which a row would be met: `(fee - deduction - fixed) / (sign - rate)`; absent where that is not above 0. */
function rootIn(exposure: Exposure, tier: TierRow): Exact | undefined {
  const due = subtract(subtract(closingFee(exposure), deductionOf({ ...exposure, tier })), exposure.fixed);
  const rise = subtract(signOf(exposure), tier.mmr);
  if (isZero(rise)) return undefined;
  const value = quotient(due, rise, QUOTIENT_SCALE, "ceil");
  return value.digits > 0n ? value : undefined;
}
