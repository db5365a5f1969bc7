import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Rounding,
  type Why,
  ZERO,
  add,
  fail,
  isNegative,
  isZero,
  magnitude,
  multiply,
  negate,
  ok,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";
import type { Body, Position } from "./holding.ts";
import { markOf } from "./quotes.ts";
import { type BybitTerms, type ContractTerms, type TierRow, tierOf } from "./terms.ts";

/** Quotients by a price do not end; kept this fine and rounded against the owner, far below any digit the venue prints. */
export const QUOTIENT_SCALE = 30;

/**
 * A position as the margin rules see it, in its settlement coin. With x the price of a linear contract and the inverse price of an
 * inverse one, what it has is `fixed + slope * x` and its value `|slope| * x`, whichever way round it is.
 */
export interface Exposure {
  readonly position: Position;
  readonly terms: ContractTerms;
  readonly valuation: BybitTerms["valuation"];
  readonly mark: Exact;
  /** x is price ** power. */
  readonly power: 1 | -1;
  /** Posted margin is inside. */
  readonly fixed: Exact;
  readonly slope: Exact;
  /** Size that open orders would add: with the position it decides the tier. */
  readonly pending: Exact;
  readonly tier: TierRow;
}

/** The exposure of each position; fails on the first that lacks a mark, terms or a tier. */
export function exposuresOf(
  positions: readonly Position[],
  body: Body,
  scene: Scene<BybitTerms>,
): Result<readonly Exposure[], Why> {
  const found: Exposure[] = [];
  for (const position of positions) {
    const made = exposureOf(position, body, scene);
    if (!made.ok) return made;
    found.push(made.value);
  }
  return ok(found);
}

/** Terms of a contract; one outside the document is unknown, never free of margin. */
export function contractOf(symbol: string, { contracts }: BybitTerms): Result<ContractTerms, Why> {
  const found = Object.hasOwn(contracts, symbol) ? contracts[symbol] : undefined;
  if (found !== undefined) return ok(found);
  return fail(why("bybit/no-terms", { symbol, next: "add its tick, fee and risk limits to the terms" }));
}

/** Linear: size (x - entry). Inverse: size (1/entry - x). @source README.md rules 1 to 3. */
function exposureOf(position: Position, body: Body, scene: Scene<BybitTerms>): Result<Exposure, Why> {
  const { symbol, coin, size, entry } = position;
  const { valuation } = scene.terms.body;
  const contract = contractOf(symbol, scene.terms.body);
  if (!contract.ok) return contract;
  const terms = contract.value;
  if (terms.settle !== coin)
    return fail(
      why("bybit/other-coin", { symbol, holding: coin, terms: terms.settle, next: "read account and terms again" }),
    );
  const mark = markOf(symbol, scene);
  if (!mark.ok) return mark;
  const power = terms.type === "linear" ? 1 : -1;
  const pending = pendingOf(position, body);
  const valued = priced(add(magnitude(size), pending), valuation === "mark" ? mark.value : entry, power, "ceil");
  const tier = tierOf(symbol, terms, valued);
  if (!tier.ok) return tier;
  const paid = priced(power === 1 ? negate(size) : size, entry, power, "floor");
  return ok({
    position,
    terms,
    valuation,
    mark: mark.value,
    power,
    fixed: add(position.posted ?? ZERO, paid),
    slope: power === 1 ? size : negate(size),
    pending,
    tier: tier.value,
  });
}

const pendingOf = ({ symbol, side }: Position, { orders }: Body): Exact =>
  orders
    .filter((order) => order.symbol === symbol && order.side === side)
    .reduce((sum, { opens }) => add(sum, opens), ZERO);

/** amount * price ** power. */
const priced = (amount: Exact, price: Exact, power: 1 | -1, rounding: Rounding): Exact =>
  power === 1 ? multiply(amount, price) : quotient(amount, price, QUOTIENT_SCALE, rounding);

/** Profit at mark, with the posted margin of an isolated position. */
export const haveOf = ({ fixed, slope, mark, power }: Exposure): Exact =>
  add(fixed, priced(slope, mark, power, "floor"));

/** Value at a price, in the settlement coin. */
const valueAt = ({ slope, power }: Exposure, price: Exact): Exact => priced(magnitude(slope), price, power, "ceil");
export const entryValue = (exposure: Exposure): Exact => valueAt(exposure, exposure.position.entry);
/** The value on which margin is charged. */
export const chargedOf = (exposure: Exposure): Exact =>
  valueAt(exposure, exposure.valuation === "mark" ? exposure.mark : exposure.position.entry);

/** Which way the value works: 1 where what the position has grows with x, -1 where it falls. */
export const signOf = ({ slope }: Exposure): Exact => (isNegative(slope) ? negate(ONE) : ONE);

/** The row's deduction, cut to the position's share where open orders made the row. @source README.md rule 6. */
export function deductionOf({ tier, pending, position: { size } }: Exposure): Exact {
  if (isZero(pending)) return tier.deduction;
  const whole = add(magnitude(size), pending);
  return quotient(multiply(tier.deduction, magnitude(size)), whole, QUOTIENT_SCALE, "floor");
}

/** Fee to close as a share of the value that it is counted on: `takerFee * (1 - sign / leverage)`. */
export const feeShare = (exposure: Exposure): Exact =>
  quotient(
    multiply(exposure.terms.takerFee, subtract(exposure.position.leverage, signOf(exposure))),
    exposure.position.leverage,
    QUOTIENT_SCALE,
    "ceil",
  );

/**
 * Value of the position where nothing of an isolated margin is left once the fee to close is paid; absent where no price does it.
 * @source README.md rule 5: `-(fixed) / (sign - takerFee)`; before 2025-09-02 the fee is the one agreed at entry.
 */
export function bankruptValue(exposure: Exposure): Exact | undefined {
  const { fixed, valuation, terms } = exposure;
  const sign = signOf(exposure);
  const value =
    valuation === "mark"
      ? quotient(negate(fixed), subtract(sign, terms.takerFee), QUOTIENT_SCALE, "ceil")
      : multiply(sign, subtract(entryFee(exposure), fixed));
  return value.digits > 0n ? value : undefined;
}

const entryFee = (exposure: Exposure): Exact => multiply(entryValue(exposure), feeShare(exposure));

/** Fee to close that both margins carry: at the bankruptcy price of an isolated position, else on the charged value. */
export function closingFee(exposure: Exposure): Exact {
  if (exposure.valuation === "entry") return entryFee(exposure);
  if (exposure.position.posted === undefined) return multiply(chargedOf(exposure), feeShare(exposure));
  return multiply(bankruptValue(exposure) ?? ZERO, exposure.terms.takerFee);
}

/** Maintenance margin: value * rate - deduction + fee to close. */
export const maintenanceOf = (exposure: Exposure): Exact =>
  add(subtract(multiply(chargedOf(exposure), exposure.tier.mmr), deductionOf(exposure)), closingFee(exposure));

/** Initial margin: value / leverage + fee to close; of an isolated position both as agreed at entry. */
export function initialOf(exposure: Exposure): Exact {
  const isolated = exposure.position.posted !== undefined;
  const value = isolated ? entryValue(exposure) : chargedOf(exposure);
  const fee = isolated ? entryFee(exposure) : closingFee(exposure);
  return add(quotient(value, exposure.position.leverage, QUOTIENT_SCALE, "ceil"), fee);
}

/** A price from a value: value / size, or size / value. */
export const priceOf = ({ slope, power }: Exposure, value: Exact, scale: number, rounding: Rounding): Exact =>
  power === 1 ? quotient(value, magnitude(slope), scale, rounding) : quotient(magnitude(slope), value, scale, rounding);

/** The size that decides the tier: position and orders together. */
export const wholeSize = ({ position, pending }: Exposure): Exact => add(magnitude(position.size), pending);
