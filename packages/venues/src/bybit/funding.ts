import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  exact,
  fail,
  isNegative,
  ms,
  multiply,
  negate,
  ok,
  why,
} from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import { payPosition, pay, positionOf, valueOf } from "./fill.ts";
import { type Body, type Funding, positionName } from "./holding.ts";
import { markOf } from "./quotes.ts";
import type { BybitTerms, ContractTerms } from "./terms.ts";
import type { Booked, FundingSettled } from "./venue-effect.ts";

/** Books what the venue paid or took: to the isolated margin of the position it names, otherwise to the wallet. */
export function applyBooked(body: Body, { coin, amount, position }: Booked): Result<Body, Why> {
  if (position === undefined) return ok(pay(body, coin, amount));
  const held = positionOf(body, position);
  if (held !== undefined) return ok(payPosition(body, held, amount));
  return fail(why("bybit/no-position", { position: positionName(position), next: "read the account again" }));
}

/** Books one settlement of a symbol at its mark of now, on every position in it. */
export function applySettlement(
  body: Body,
  { symbol, rate }: FundingSettled,
  scene: Scene<BybitTerms>,
): Result<Body, Why> {
  const mark = markOf(symbol, scene);
  if (!mark.ok) return mark;
  const contract = contractOf(symbol, scene.terms.body);
  return contract.ok ? ok(settle(body, symbol, mark.value, rate, contract.value)) : contract;
}

/**
 * The holding at a later time at frozen marks and rates: funding (value at mark times rate, longs pay a positive rate), then
 * interest on what is borrowed. Settlements of a symbol without mark or terms are left out, and so are those after the first when
 * the interval is not known.
 */
export function advance(body: Body, to: Ms, scene: Scene<BybitTerms>): Body {
  const funded = body.funding.reduce((sum, funding) => {
    const mark = markOf(funding.symbol, scene);
    const contract = contractOf(funding.symbol, scene.terms.body);
    return mark.ok && contract.ok ? settleUpTo(sum, funding, to, mark.value, contract.value) : sum;
  }, body);
  return chargeInterest(funded, chargesBetween(scene.now, to));
}

function settleUpTo(body: Body, funding: Funding, to: Ms, mark: Exact, terms: ContractTerms): Body {
  if (funding.next > to) return body;
  const { symbol, rate, next, everyMs } = funding;
  const times = everyMs === undefined ? 1 : Math.floor((to - next) / everyMs) + 1;
  const after = settle(body, symbol, mark, multiply(rate, exact(BigInt(times))), terms);
  const later = everyMs === undefined ? [] : [{ ...funding, next: ms(next + times * everyMs) }];
  return { ...after, funding: after.funding.flatMap((each) => (each === funding ? later : [each])) };
}

/** `rate` of the value at mark from longs to shorts; all settlements of one moment are one rate. */
const settle = (body: Body, symbol: string, mark: Exact, rate: Exact, terms: ContractTerms): Body =>
  body.positions
    .filter((position) => position.symbol === symbol)
    .reduce((sum, position) => payPosition(sum, position, due(position.size, mark, rate, terms)), body);

function due(size: Exact, mark: Exact, rate: Exact, terms: ContractTerms): Exact {
  const paid = multiply(valueOf(isNegative(size) ? negate(size) : size, mark, terms), rate);
  return isNegative(size) ? paid : negate(paid);
}

/** Borrowed coins and the shortest funding interval count by it. */
export const HOUR_MS = 3_600_000;
/** Interest is charged this long after each hour. @source Bybit help, borrowing fee, 2025-08-22 */
const CHARGED_AFTER_MS = 300_000;

const chargesBetween = (from: Ms, to: Ms): number => {
  const before = (at: number) => Math.floor((at - CHARGED_AFTER_MS) / HOUR_MS);
  return Math.max(0, before(to) - before(from));
};

/** Hourly interest on cash below 0, each charge on what is owed by then; nothing where the rate is not known. */
function chargeInterest(body: Body, times: number): Body {
  const charged = body.balances.reduce((sum, { coin, cash, hourlyRate }) => {
    if (hourlyRate === undefined || !isNegative(cash)) return sum;
    let current = sum;
    let owed = cash;
    for (let charge = 0; charge < times; charge++) {
      current = pay(current, coin, multiply(owed, hourlyRate));
      owed = current.balances.find((each) => each.coin === coin)?.cash ?? owed;
    }
    return current;
  }, body);
  return charged;
}
