import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  DAY_MS,
  add,
  compare,
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
import { type Priced, balance, markOf, signedNotional, termsOf } from "./position.ts";
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
 * Funding up to a moment at frozen marks and rates: notional at mark times rate, longs pay a positive rate. A rate at its bound
 * is settled hourly from its next settlement on. Settlements of a symbol without a mark, and those after the first when the
 * interval is not known, are left out.
 */
export function advance(body: Body, to: Ms, scene: Scene<BinanceTerms>): Body {
  return body.funding.reduce((sum, funding) => {
    const charged = chargedAt(funding.symbol, scene);
    return charged.ok ? settleUpTo(sum, withPace(funding, charged.value.terms), to, charged.value) : sum;
  }, body);
}

/** Books one settlement of a symbol at its mark of now, on every position in it. */
export function applySettlement(
  body: Body,
  { symbol, rate }: FundingSettled,
  scene: Scene<BinanceTerms>,
): Result<Body, Why> {
  const charged = chargedAt(symbol, scene);
  return charged.ok ? ok(settle(body, { symbol }, charged.value, rate)) : charged;
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
const settle = (
  body: Body,
  of: Pick<Funding, "symbol" | "positionSide">,
  { mark, terms }: Charged,
  rate: Exact,
): Body =>
  body.positions
    .filter((position) => isFunded(position, of))
    .reduce((sum, position) => {
      const { asset, symbol, positionSide } = position;
      const amount = negate(multiply(signedNotional(position, mark, terms), rate));
      const paid = applyFunding(sum, { asset, amount, position: { symbol, positionSide } });
      return paid.ok ? paid.value : sum;
    }, body);

const isFunded = (position: Position, { symbol, positionSide }: Pick<Funding, "symbol" | "positionSide">): boolean =>
  position.symbol === symbol && (positionSide === undefined || position.positionSide === positionSide);

/** The shortest interval, which a settlement at a bound brings. @source Binance announcement, in force since 2025-05-02 */
export const SHORTEST_MS = ms(3_600_000);

/** With the interval that the rate itself brings about. README.md rule 29. */
function withPace(funding: Funding, { funding: bounds }: SymbolTerms): Funding {
  const { rate, everyMs } = funding;
  if (bounds === undefined || everyMs === undefined) return funding;
  const isBound = compare(rate, bounds.cap) >= 0 || compare(rate, bounds.floor) <= 0;
  return isBound ? { ...funding, everyMs: SHORTEST_MS } : funding;
}

/** Funding of a position a day at the frozen rate, as a share of its value; nothing where the interval is not known. */
export function perDayOf({ position, terms }: Priced, fundings: readonly Funding[]): number {
  return fundings
    .filter((each) => isFunded(position, each))
    .map((each) => withPace(each, terms))
    .reduce((sum, { rate, everyMs }) => (everyMs === undefined ? sum : sum + (toNumber(rate) * DAY_MS) / everyMs), 0);
}

const isSame = (a: Funding, b: Funding): boolean => a.symbol === b.symbol && a.positionSide === b.positionSide;

function settleUpTo(body: Body, funding: Funding, to: Ms, charged: Charged): Body {
  if (funding.next > to) return body;
  const { rate, next, everyMs } = funding;
  const times = everyMs === undefined ? 1 : Math.floor((to - next) / everyMs) + 1;
  const settled = settle(body, funding, charged, multiply(rate, exact(BigInt(times))));
  const later = everyMs === undefined ? [] : [{ ...funding, next: ms(next + times * everyMs) }];
  return { ...settled, funding: settled.funding.flatMap((each) => (isSame(each, funding) ? later : [each])) };
}
