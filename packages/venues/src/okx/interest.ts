import { type Exact, type Ms, ONE, add, isNegative, ms, multiply, rescale } from "@plimsoll/core/units";
import { COIN_SCALE } from "./fill.ts";
import type { Body, Interest, MarginPosition } from "./holding.ts";

const HOUR_MS = 3_600_000;
/** Factors of growth are kept this fine, rounded against the owner. */
const FACTOR_SCALE = 30;

/** The holding with the interest of every full hour up to a moment on its debts: each hour on what is owed by then. */
export const chargeInterest = (body: Body, to: Ms): Body =>
  body.interest.reduce((sum, each) => chargeCoin(sum, each, to), body);

function chargeCoin(body: Body, interest: Interest, to: Ms): Body {
  const { coin, rate, next } = interest;
  if (next > to) return body;
  const times = Math.floor((to - next) / HOUR_MS) + 1;
  const factor = power(add(ONE, rate), times);
  const grown = (owed: Exact): Exact => rescale(multiply(owed, factor), COIN_SCALE, "up");
  const later = { ...interest, next: ms(next + times * HOUR_MS) };
  return {
    ...body,
    balances: body.balances.map((each) =>
      each.coin === coin && isNegative(each.cash) ? { ...each, cash: grown(each.cash) } : each,
    ),
    positions: body.positions.map((each) => (each.kind === "margin" ? chargeLoan(each, coin, grown) : each)),
    interest: body.interest.map((each) => (each === interest ? later : each)),
  };
}

function chargeLoan(position: MarginPosition, coin: string, grown: (owed: Exact) => Exact): MarginPosition {
  const [base, quote] = coinsOf(position);
  const { owed } = position;
  return {
    ...position,
    owed: {
      base: base === coin ? grown(owed.base) : owed.base,
      quote: quote === coin ? grown(owed.quote) : owed.quote,
    },
  };
}

/** Base and quote coin of a pair, as its name says. */
export function coinsOf({ instrument }: MarginPosition): readonly [base: string, quote: string] {
  const [base = "", quote = ""] = instrument.split("-");
  return [base, quote];
}

/** A whole power by squaring, rounded up. */
function power(base: Exact, exponent: number): Exact {
  let [result, square] = [ONE, base];
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = rescale(multiply(result, square), FACTOR_SCALE, "up");
    square = rescale(multiply(square, square), FACTOR_SCALE, "up");
  }
  return result;
}
