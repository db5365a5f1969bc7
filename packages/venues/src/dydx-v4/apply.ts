import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type Ms, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { nextTick } from "./funding.ts";
import type { Body, MarketState, Position, Subaccount } from "./holding.ts";
import { unsettledFunding } from "./margins.ts";
import type { DydxTerms } from "./terms.ts";
import type { DydxVenueEffect, Fill } from "./venue-effect.ts";

/** The holding after something the chain did; actions of ours are refused: dYdX is only watched. */
export function apply(body: Body, effect: Action | DydxVenueEffect, scene: Scene<DydxTerms>): Result<Body, Why> {
  if (!("was" in effect))
    return fail(
      why("dydx-v4/watched-only", { action: effect.do, next: "act at the venue; this program only watches it" }),
    );
  if (effect.was !== "funding") return applyFill(body, effect.body, scene.terms.body);
  const { ticker, fundingIndex } = effect.body;
  if (!body.markets.some((each) => each.ticker === ticker)) return fail(noMarket(ticker));
  return ok({
    ...body,
    markets: body.markets.map((each) => (each.ticker === ticker ? withIndex(each, fundingIndex, scene.now) : each)),
  });
}

/** An index that the chain told has this hour's funding in it. */
const withIndex = (state: MarketState, fundingIndex: bigint, now: Ms): MarketState =>
  state.funding === undefined
    ? { ...state, fundingIndex }
    : { ...state, fundingIndex, funding: { ...state.funding, next: nextTick(now) } };

const noMarket = (ticker: string): Why =>
  why("dydx-v4/no-market", { market: ticker, next: "read the market and its funding index" });

/** Settles what is open of the market's funding, then moves base and quote; an isolated market shares its subaccount with nothing. */
export function applyFill(body: Body, fill: Fill, { markets }: DydxTerms): Result<Body, Why> {
  const { ticker, base, quote } = fill;
  const subaccount = body.subaccounts.find(({ number }) => number === fill.subaccount);
  const state = body.markets.find((each) => each.ticker === ticker);
  if (subaccount === undefined)
    return fail(why("dydx-v4/no-subaccount", { number: `${fill.subaccount}`, next: "read the account again" }));
  if (state === undefined || !Object.hasOwn(markets, ticker)) return fail(noMarket(ticker));
  const before = subaccount.positions.find((each) => each.ticker === ticker);
  const { fundingIndex } = state;
  const funding = before === undefined ? 0n : unsettledFunding(before.size, before.fundingIndex, fundingIndex);
  const after: Position = { ...before, ticker, size: (before?.size ?? 0n) + base, fundingIndex };
  const others = subaccount.positions.filter((each) => each !== before);
  const isolated = [after, ...others].some((each) => markets[each.ticker]?.isolated === true);
  if (after.size !== 0n && others.length > 0 && isolated)
    return fail(why("dydx-v4/isolated", { market: ticker, next: "an isolated market needs a subaccount of its own" }));
  const changed: Subaccount = {
    ...subaccount,
    quote: subaccount.quote + quote + funding,
    positions: after.size === 0n ? others : replaced(subaccount.positions, before, after),
  };
  return ok({ ...body, subaccounts: body.subaccounts.map((each) => (each === subaccount ? changed : each)) });
}

const replaced = (positions: readonly Position[], before: Position | undefined, after: Position): readonly Position[] =>
  before === undefined ? [...positions, after] : positions.map((each) => (each === before ? after : each));
