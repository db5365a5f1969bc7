import type { Flow } from "@plimsoll/core/book";
import { type Release, releaseMargin } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  add,
  assetId,
  divide,
  exact,
  fail,
  isNegative,
  isZero,
  magnitude,
  multiply,
  negate,
  ok,
  pow10,
  quotient,
  rescale,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import { type Body, type Position, type Side, positionName } from "./holding.ts";
import type { ContractTerms } from "./terms.ts";

/** Balances keep 18 decimals; what lies beyond is dropped against the owner. @source README.md rule 19 */
export const COIN_SCALE = 18;
const kept = (value: Exact): Exact => rescale(value, COIN_SCALE, "floor");

/** One trade: `size` above 0; `fee` in the settlement coin. `leverage` says how a position that did not exist is held. */
export interface Fill {
  readonly symbol: string;
  readonly side: Side;
  readonly trade: "buy" | "sell";
  readonly size: Exact;
  readonly price: Exact;
  readonly fee: Exact;
  readonly leverage?: Exact;
}

/** The holding after a trade: profit realised, fee paid, margin moved. Fails where the trade cannot have happened. */
export function applyFill(body: Body, fill: Fill, terms: ContractTerms, release: Release = "share"): Result<Body, Why> {
  const change = fill.trade === "buy" ? fill.size : negate(fill.size);
  const before = positionOf(body, fill);
  if (before === undefined) return open(body, fill, change, terms);
  if (isNegative(before.size) === isNegative(change)) return ok(increase(body, before, fill, change, terms));
  const over = subtract(fill.size, magnitude(before.size));
  if (over.digits <= 0n) return ok(reduce(body, before, fill, change, terms, release));
  if (fill.side !== "one-way")
    return fail(
      why("bybit/closes-too-much", { position: positionName(before), held: text(before.size), fill: text(fill.size) }),
    );
  const closed = reduce(body, before, fill, negate(before.size), terms, release);
  return open(closed, { ...fill, fee: ZERO, leverage: before.leverage }, add(before.size, change), terms);
}

export const positionOf = (body: Body, named: Pick<Position, "symbol" | "side">): Position | undefined =>
  body.positions.find((each) => positionName(each) === positionName(named));

function open(body: Body, fill: Fill, size: Exact, terms: ContractTerms): Result<Body, Why> {
  const { symbol, side, price: entry, leverage } = fill;
  if (leverage === undefined)
    return fail(why("bybit/no-position", { position: positionName(fill), next: "read the account again" }));
  const empty = { symbol, side, coin: terms.settle, size: ZERO, entry, leverage };
  const made: Position = body.mode === "isolated" ? { ...empty, posted: ZERO } : empty;
  return ok(increase({ ...body, positions: [...body.positions, made] }, made, fill, size, terms));
}

/** The entry becomes the average, of an inverse contract the harmonic one; an isolated position takes its margin from the wallet. */
function increase(body: Body, before: Position, fill: Fill, change: Exact, terms: ContractTerms): Body {
  const size = add(before.size, change);
  const after: Position = { ...before, size, entry: averageEntry(before, change, fill.price, terms) };
  if (after.posted === undefined) return pay(replace(body, before, after), before.coin, negate(fill.fee));
  const margin = openingMargin(change, fill.price, after.leverage, terms);
  const held = replace(body, before, { ...after, posted: add(after.posted, margin) });
  return pay(held, before.coin, negate(add(margin, fill.fee)));
}

/** What an isolated trade posts: value / leverage and the fee to close at the bankruptcy price. @source README.md rule 4 */
export function openingMargin(change: Exact, price: Exact, leverage: Exact, terms: ContractTerms): Exact {
  const value = valueOf(magnitude(change), price, terms);
  const sign = isNegative(change) === (terms.type === "linear") ? negate(ONE) : ONE;
  const closing = multiply(terms.takerFee, subtract(leverage, sign));
  return quotient(multiply(value, add(ONE, closing)), leverage, COIN_SCALE, "up");
}

/** Average entries do not end as decimals; kept at 18 and rounded against the owner. */
function averageEntry({ size, entry }: Position, change: Exact, price: Exact, { type }: ContractTerms): Exact {
  const whole = add(size, change);
  const rounding = isNegative(whole) ? "floor" : "ceil";
  if (isZero(size)) return price;
  if (type === "linear")
    return quotient(add(multiply(size, entry), multiply(change, price)), whole, COIN_SCALE, rounding);
  const [over, under] = [multiply(multiply(whole, entry), price), add(multiply(size, price), multiply(change, entry))];
  return exact(
    divide(over.digits * pow10(COIN_SCALE + under.scale), under.digits * pow10(over.scale), rounding),
    COIN_SCALE,
  );
}

function reduce(body: Body, before: Position, fill: Fill, change: Exact, terms: ContractTerms, release: Release): Body {
  const left = add(before.size, change);
  const gain = subtract(profit(negate(change), before.entry, fill.price, terms), fill.fee);
  const after: Position = { ...before, size: left };
  if (before.posted === undefined)
    return pay(replace(body, before, isZero(left) ? undefined : after), before.coin, gain);
  if (isZero(left)) return pay(replace(body, before, undefined), before.coin, add(before.posted, gain));
  const { stays, leaves } = releaseMargin(
    { margin: before.posted, left, whole: before.size, gain },
    release,
    COIN_SCALE,
  );
  return pay(replace(body, before, { ...after, posted: kept(stays) }), before.coin, leaves);
}

/** Realised profit of a signed size, in the settlement coin, against the owner. */
export function profit(size: Exact, entry: Exact, price: Exact, { type }: ContractTerms): Exact {
  if (type === "linear") return multiply(size, subtract(price, entry));
  return subtract(quotient(size, entry, COIN_SCALE, "floor"), quotient(size, price, COIN_SCALE, "ceil"));
}

/** Value of a size at a price, in the settlement coin, rounded up. */
export const valueOf = (size: Exact, price: Exact, { type }: ContractTerms): Exact =>
  type === "linear" ? multiply(size, price) : quotient(size, price, COIN_SCALE, "up");

/** The taker fee of a trade, in the settlement coin, against the owner. */
export const feeOf = (size: Exact, price: Exact, terms: ContractTerms): Exact =>
  rescale(multiply(valueOf(size, price, terms), terms.takerFee), COIN_SCALE, "up");

/** The holding with another position in the place of one, or without it. */
export function replace(body: Body, before: Position, after: Position | undefined): Body {
  const positions = body.positions.flatMap((each) => (each !== before ? [each] : after === undefined ? [] : [after]));
  return { ...body, positions };
}

/** Adds to a coin of the wallet, which is made, as collateral, when the holding has none. */
export function pay(body: Body, coin: string, amount: Exact): Body {
  if (isZero(amount)) return body;
  const known = body.balances.some((each) => each.coin === coin);
  const balances = known
    ? body.balances
    : [...body.balances, { coin, cash: ZERO, orderMargin: ZERO, collateral: true }];
  return {
    ...body,
    balances: balances.map((each) => (each.coin === coin ? { ...each, cash: kept(add(each.cash, amount)) } : each)),
  };
}

/** Adds to the margin of an isolated position, to the wallet where there is none posted. */
export function payPosition(body: Body, position: Position, amount: Exact): Body {
  if (position.posted === undefined) return pay(body, position.coin, amount);
  return replace(body, position, { ...position, posted: kept(add(position.posted, amount)) });
}

export const flow = (coin: string, amount: Exact): readonly Flow[] =>
  isZero(amount) ? [] : [{ asset: assetId(coin), amount }];
