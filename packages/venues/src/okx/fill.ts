import {
  type Exact,
  ZERO,
  add,
  exact,
  isNegative,
  isZero,
  magnitude,
  multiply,
  negate,
  quotient,
  rescale,
  subtract,
} from "@plimsoll/core/units";
import { type Release, releaseMargin } from "@plimsoll/core/margin";
import { type Body, type ContractPosition, type Position, isIsolated } from "./holding.ts";
import type { ContractTerms } from "./terms.ts";

/** Balances keep 18 decimals; what lies beyond is dropped against the owner. @source recorded balances carry up to 16. */
export const COIN_SCALE = 18;
const coins = (value: Exact): Exact => rescale(value, COIN_SCALE, "floor");

/** Contracts of a position that were traded away, at one price. */
export interface Close {
  /** Above 0, at most what is held. */
  readonly contracts: Exact;
  readonly price: Exact;
  readonly fee: Exact;
  readonly release: Release;
}

/** The holding after contracts were closed: profit realised, fee paid, margin of an isolated position moved. */
export function closeContracts(body: Body, position: ContractPosition, close: Close, terms: ContractTerms): Body {
  const short = isNegative(position.contracts);
  const change = short ? negate(close.contracts) : close.contracts;
  const left = subtract(position.contracts, change);
  const gain = subtract(profit(change, position.entry, close.price, terms), close.fee);
  const { margin, coin } = position;
  if (margin.mode === "cross")
    return pay(replace(body, position, isZero(left) ? undefined : { ...position, contracts: left }), coin, gain);
  if (isZero(left)) return pay(replace(body, position, undefined), coin, add(margin.balance, gain));
  const { stays, leaves } = releaseMargin(
    { margin: margin.balance, left, whole: position.contracts, gain },
    close.release,
    COIN_SCALE,
  );
  const balance = coins(stays);
  return pay(replace(body, position, { ...position, contracts: left, margin: { ...margin, balance } }), coin, leaves);
}

/** Realised profit of signed contracts, in the settlement coin. */
function profit(contracts: Exact, entry: Exact, price: Exact, { type, size }: ContractTerms): Exact {
  const amount = multiply(contracts, size);
  if (type === "linear") return multiply(amount, subtract(price, entry));
  return subtract(quotient(amount, entry, COIN_SCALE, "floor"), quotient(amount, price, COIN_SCALE, "ceil"));
}

/** The taker fee of contracts, in the settlement coin, against the owner. */
export function feeOf(contracts: Exact, price: Exact, { type, size, takerFee }: ContractTerms): Exact {
  const charged = multiply(multiply(magnitude(contracts), size), takerFee);
  if (type === "linear") return rescale(multiply(charged, price), COIN_SCALE, "up");
  return quotient(charged, price, COIN_SCALE, "up");
}

/** The holding with another position in the place of one, or without it. */
export function replace(body: Body, before: Position, after: Position | undefined): Body {
  const positions = body.positions.flatMap((each) => (each !== before ? [each] : after === undefined ? [] : [after]));
  return { ...body, positions };
}

/** Adds to a coin of the cross account, which is made when the holding has none. */
export function pay(body: Body, coin: string, amount: Exact): Body {
  if (isZero(amount)) return body;
  const known = body.balances.some((each) => each.coin === coin);
  const balances = known ? body.balances : [...body.balances, { coin, cash: exact(0n, COIN_SCALE), frozen: ZERO }];
  return {
    ...body,
    balances: balances.map((each) => (each.coin === coin ? { ...each, cash: coins(add(each.cash, amount)) } : each)),
  };
}

/** Adds to the margin of an isolated contract position, found by its name. */
export const payIsolated = (body: Body, { instrument, side }: ContractPosition, amount: Exact): Body => ({
  ...body,
  positions: body.positions.map((each) =>
    each.kind === "contract" && isIsolated(each) && each.instrument === instrument && each.side === side
      ? withMargin(each, amount)
      : each,
  ),
});

const withMargin = (position: ContractPosition, amount: Exact): ContractPosition =>
  position.margin.mode === "cross"
    ? position
    : { ...position, margin: { mode: "isolated", balance: coins(add(position.margin.balance, amount)) } };
