import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Body, Position, Subaccount } from "./holding.ts";
import { initialOf, maintenanceOf, unsettledFunding } from "./margins.ts";
import { oracleKey } from "./names.ts";
import { toQuote } from "./quantums.ts";
import type { DydxTerms, MarketTerms } from "./terms.ts";

/** A position with its figures in quote quantums. */
export interface Priced {
  readonly position: Position;
  readonly terms: MarketTerms;
  readonly oracle: Exact;
  /** Value with its sign. */
  readonly notional: bigint;
  readonly maintenance: bigint;
  /** Absent where open interest scales it and was not read. */
  readonly initial?: bigint;
  readonly funding: bigint;
}

/** Sums of a subaccount in quote quantums. */
export interface Risk {
  readonly priced: readonly Priced[];
  /** Balance, unsettled funding and positions at oracle prices. */
  readonly netCollateral: bigint;
  readonly maintenance: bigint;
  readonly initial?: bigint;
}

/** Strict on both sides: no requirement, or one exactly met, is safe. @source v4-chain, lib/margin, IsLiquidatable. */
export const isLiquidatable = ({ maintenance, netCollateral }: Risk): boolean =>
  maintenance > 0n && maintenance > netCollateral;

/** Adds up a subaccount; fails where a market's terms, state or oracle price is missing. */
export function riskOf(subaccount: Subaccount, body: Body, scene: Scene<DydxTerms>): Result<Risk, Why> {
  const priced: Priced[] = [];
  for (const position of subaccount.positions) {
    const read = price(position, body, scene);
    if (!read.ok) return read;
    priced.push(read.value);
  }
  const sum = (of: (each: Priced) => bigint) => priced.reduce((total, each) => total + of(each), 0n);
  const sums = {
    priced,
    netCollateral: subaccount.quote + sum(({ notional, funding }) => notional + funding),
    maintenance: sum(({ maintenance }) => maintenance),
  };
  if (priced.some(({ initial }) => initial === undefined)) return ok(sums);
  return ok({ ...sums, initial: sum(({ initial = 0n }) => initial) });
}

function price(position: Position, { markets }: Body, scene: Scene<DydxTerms>): Result<Priced, Why> {
  const { ticker, size, fundingIndex, ownImfPpm } = position;
  const known = scene.terms.body.markets;
  const terms = Object.hasOwn(known, ticker) ? known[ticker] : undefined;
  const state = markets.find((each) => each.ticker === ticker);
  const quote = scene.quotes.get(oracleKey(ticker));
  if (terms === undefined || state === undefined)
    return fail(why("dydx-v4/no-market", { market: ticker, next: "read the market and its liquidity tier" }));
  if (quote?.kind !== "oracle") {
    const found = quote === undefined ? "none" : quote.kind;
    return fail(why("dydx-v4/no-oracle", { quote: oracleKey(ticker), found, next: "wait for the oracle price" }));
  }
  const oracle = quote.value;
  const notional = toQuote(size, oracle, terms);
  const figures = {
    position,
    terms,
    oracle,
    notional,
    maintenance: maintenanceOf(notional, terms),
    funding: unsettledFunding(size, fundingIndex, state.fundingIndex),
  };
  const scaled = terms.openInterestUpperCap !== 0n;
  if (scaled && state.openInterest === undefined) return ok(figures);
  const openInterest = toQuote(state.openInterest ?? 0n, oracle, terms);
  return ok({ ...figures, initial: initialOf(notional, openInterest, terms, ownImfPpm) });
}
