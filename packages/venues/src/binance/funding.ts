import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  add,
  exact,
  fail,
  ms,
  multiply,
  negate,
  ok,
  toNumber,
  why,
} from "@plimsoll/core/units";
import type { Scene } from "@plimsoll/core/margin";
import { pay } from "./fill.ts";
import { type Body, type Funding, type Position, positionName } from "./holding.ts";
import { balance, markOf, signedNotional, termsOf } from "./position.ts";
import type { BinanceTerms, SymbolTerms } from "./terms.ts";
import type { FundingPaid, FundingSettled } from "./venue-effect.ts";

/** Books a funding payment: to the isolated wallet of the position it names, otherwise to the cross wallet. */
export function applyFunding(body: Body, { asset, amount, position }: FundingPaid): Result<Body, Why> {
  if (position === undefined) return ok(pay(body, asset, amount));
  const name = positionName(position);
  const held = body.positions.find((each) => positionName(each) === name);
  if (held === undefined) return fail(why("binance/no-position", { position: name, next: "read the account again" }));
  const { margin } = held;
  if (margin.mode === "cross") return ok(pay(body, asset, amount));
  const after = { ...held, margin: { ...margin, wallet: balance(add(margin.wallet, amount)) } };
  return ok({ ...body, positions: body.positions.map((each) => (each === held ? after : each)) });
}

/**
 * Funding up to a moment at frozen marks and rates: notional at mark times rate, longs pay a positive rate. Settlements of a
 * symbol without a mark, and those after the first when the interval is not known, are left out.
 */
export function advance(body: Body, to: Ms, scene: Scene<BinanceTerms>): Body {
  return body.funding.reduce((sum, funding) => {
    const charged = chargedAt(funding.symbol, scene);
    return charged.ok ? settleUpTo(sum, funding, to, charged.value) : sum;
  }, body);
}

/** Books one settlement of a symbol at its mark of now, on every position in it. */
export function applySettlement(
  body: Body,
  { symbol, rate }: FundingSettled,
  scene: Scene<BinanceTerms>,
): Result<Body, Why> {
  const charged = chargedAt(symbol, scene);
  return charged.ok ? ok(settle(body, symbol, charged.value, rate)) : charged;
}

/** What funding of a symbol is counted on. */
interface Charged {
  readonly mark: Exact;
  readonly terms: SymbolTerms;
}

function chargedAt(symbol: string, scene: Scene<BinanceTerms>): Result<Charged, Why> {
  const terms = termsOf(symbol, scene.terms.body);
  if (!terms.ok) return terms;
  const mark = markOf(symbol, scene);
  return mark.ok ? ok({ mark: mark.value, terms: terms.value }) : mark;
}

/** `rate` of the notional at mark from longs to shorts; all settlements of one moment are one rate. */
const settle = (body: Body, symbol: string, { mark, terms }: Charged, rate: Exact): Body =>
  body.positions
    .filter((position) => position.symbol === symbol)
    .reduce((sum, position) => {
      const { asset, positionSide } = position;
      const amount = negate(multiply(signedNotional(position, mark, terms), rate));
      const paid = applyFunding(sum, { asset, amount, position: { symbol, positionSide } });
      return paid.ok ? paid.value : sum;
    }, body);

const DAY_MS = 86_400_000;

/** Funding of a position a day at the frozen rate, as a share of its value; nothing where the interval is not known. */
export function perDayOf({ symbol }: Position, fundings: readonly Funding[]): number {
  const found = fundings.find((each) => each.symbol === symbol);
  return found?.everyMs === undefined ? 0 : (toNumber(found.rate) * DAY_MS) / found.everyMs;
}

function settleUpTo(body: Body, funding: Funding, to: Ms, charged: Charged): Body {
  if (funding.next > to) return body;
  const { symbol, rate, next, everyMs } = funding;
  const times = everyMs === undefined ? 1 : Math.floor((to - next) / everyMs) + 1;
  const settled = settle(body, symbol, charged, multiply(rate, exact(BigInt(times))));
  const later = everyMs === undefined ? [] : [{ ...funding, next: ms(next + times * everyMs) }];
  return { ...settled, funding: settled.funding.flatMap((each) => (each === funding ? later : [each])) };
}
