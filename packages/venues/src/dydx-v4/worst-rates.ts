import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, divide, fail, ok, why } from "@plimsoll/core/units";
import { nextTick } from "./funding.ts";
import type { Body, MarketState } from "./holding.ts";
import { type DydxTerms, MILLION, type MarketTerms } from "./terms.ts";

/**
 * The largest rate for eight hours either way, millionths: a multiple of what initial margin has above maintenance.
 * @source v4-chain, perpetuals/keeper: |rate| <= clamp factor x (initial - maintenance)
 */
export const rateCap = ({ initialMarginPpm, maintenanceFractionPpm }: MarketTerms, clampPpm: bigint): bigint =>
  divide(clampPpm * initialMarginPpm * (MILLION - maintenanceFractionPpm), MILLION * MILLION, "ceil");

/**
 * The holding with each market's funding at its bound, against the side that all subaccounts hold together.
 * @returns why not: the terms tell no clamp, or lack the market.
 */
export function atWorstRates(body: Body, scene: Scene<DydxTerms>): Result<Body, Why> {
  const { fundingClampPpm, markets } = scene.terms.body;
  const worst: MarketState[] = [];
  for (const state of body.markets) {
    const size = netSize(body, state.ticker);
    const terms = Object.hasOwn(markets, state.ticker) ? markets[state.ticker] : undefined;
    if (size === 0n) worst.push(state);
    else if (terms === undefined || fundingClampPpm === undefined)
      return fail(why("dydx-v4/no-rate-cap", { market: state.ticker, next: "read the chain's perpetuals parameters" }));
    else {
      const cap = rateCap(terms, fundingClampPpm);
      const next = state.funding?.next ?? nextTick(scene.now);
      worst.push({ ...state, funding: { ratePpm: size > 0n ? cap : -cap, next } });
    }
  }
  return ok({ ...body, markets: worst });
}

const netSize = ({ subaccounts }: Body, ticker: string): bigint =>
  subaccounts
    .flatMap(({ positions }) => positions)
    .reduce((sum, position) => (position.ticker === ticker ? sum + position.size : sum), 0n);
