import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Ms, divide, ms, pow10 } from "@plimsoll/core/units";
import type { Body, MarketState } from "./holding.ts";
import { oracleKey } from "./names.ts";
import { QUOTE_SCALE } from "./quantums.ts";
import type { DydxTerms, MarketTerms } from "./terms.ts";

/** The index moves once an hour, by an hour's share of a rate for eight. @source v4-chain, epochs/types, funding-tick: 3,600 s */
const TICK_MS = 3_600_000;
export const TICKS_PER_RATE = 8;

/** The first full hour after a moment. */
export const nextTick = (now: Ms): Ms => ms((Math.floor(now / TICK_MS) + 1) * TICK_MS);

/**
 * What one hour adds to a market's funding index, millionths of quote quantums a base quantum: rate times price, cut toward zero.
 * @source v4-chain, lib/funding.go, FundingRateToIndex
 */
export function indexStep(ratePpm: bigint, { digits, scale }: Exact, { atomicResolution }: MarketTerms): bigint {
  const power = atomicResolution + QUOTE_SCALE - scale;
  const product = ratePpm * digits;
  const ticks = BigInt(TICKS_PER_RATE);
  return power >= 0 ? divide(product * pow10(power), ticks, "down") : divide(product, ticks * pow10(-power), "down");
}

/**
 * The holding at a later time at frozen prices: the index of each market moves every full hour at the rate that was last known.
 * A market without a known rate, an oracle price or terms keeps its index.
 */
export function advance(body: Body, to: Ms, scene: Scene<DydxTerms>): Body {
  return { ...body, markets: body.markets.map((state) => moved(state, to, scene)) };
}

function moved(state: MarketState, to: Ms, { quotes, terms }: Scene<DydxTerms>): MarketState {
  const { ticker, funding } = state;
  const oracle = quotes.get(oracleKey(ticker));
  const market = Object.hasOwn(terms.body.markets, ticker) ? terms.body.markets[ticker] : undefined;
  if (funding === undefined || funding.next > to || oracle?.kind !== "oracle" || market === undefined) return state;
  const ticks = Math.floor((to - funding.next) / TICK_MS) + 1;
  const fundingIndex = state.fundingIndex + BigInt(ticks) * indexStep(funding.ratePpm, oracle.value, market);
  return { ...state, fundingIndex, funding: { ...funding, next: ms(funding.next + ticks * TICK_MS) } };
}
