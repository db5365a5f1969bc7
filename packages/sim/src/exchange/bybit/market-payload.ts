import { divide } from "@plimsoll/core/units";
import { type Market, ONE, type Side, book, fundingRate, onStep, printed } from "@plimsoll/sim/exchange";

const HOUR_MS = 3_600_000;
/** Largest order of any kind; the exchange has no limit of its own. */
const LARGEST = "1000000";

/** GET v5/market/instruments-info, one contract. */
export function instrumentRow({ instrument, mode }: Market) {
  const { symbol, base, quote, tick, lot, minNotional, funding, tiers } = instrument;
  return {
    symbol,
    contractType: "LinearPerpetual",
    status: mode === "halted" ? "Closed" : "Trading",
    baseCoin: base,
    quoteCoin: quote,
    settleCoin: quote,
    launchTime: "1585526400000",
    deliveryTime: "0",
    deliveryFeeRate: "",
    priceScale: `${onStep(tick, tick).split(".")[1]?.length ?? 0}`,
    leverageFilter: { minLeverage: "1", maxLeverage: `${tiers[0]?.maxLeverage}.00`, leverageStep: "1" },
    priceFilter: { minPrice: onStep(tick, tick), maxPrice: "1999999.80", tickSize: onStep(tick, tick) },
    lotSizeFilter: {
      maxOrderQty: LARGEST,
      maxMktOrderQty: LARGEST,
      postOnlyMaxOrderQty: LARGEST,
      minOrderQty: onStep(lot, lot),
      qtyStep: onStep(lot, lot),
      minNotionalValue: printed(minNotional),
    },
    unifiedMarginTrade: true,
    fundingInterval: funding.everyMs / 60_000,
    copyTrading: "none",
    upperFundingRate: printed(funding.cap),
    lowerFundingRate: printed(funding.floor),
    isPreListing: false,
  };
}

/** GET v5/market/risk-limit, the rows of one contract: rates as fractions. @throws on a table without an end, which this venue does not print. */
export const riskLimitRows = ({ instrument: { symbol, tiers } }: Market) =>
  tiers.map(({ tier, cap, rate, amount, maxLeverage }) => {
    if (cap === null) throw new Error(`invariant broken: the risk limits of ${symbol} have no end`);
    return {
      id: tier,
      symbol,
      riskLimitValue: printed(cap),
      maintenanceMargin: printed(rate),
      initialMargin: printed(divide(ONE, BigInt(maxLeverage), "half-even")),
      isLowestRisk: tier === 1 ? 1 : 0,
      maxLeverage: `${maxLeverage}.00`,
      mmDeduction: amount === 0n ? "" : printed(amount),
    };
  });

/** GET v5/market/tickers, one contract; statistics of a day are not simulated and left out. */
export function tickerRow(market: Market, seed: bigint) {
  const { symbol, tick, funding } = market.instrument;
  const best = (side: Side) => book(market, side, seed)[0] ?? (["", "0"] as const);
  const [[bid1Price, bid1Size], [ask1Price, ask1Size]] = [best("sell"), best("buy")];
  return {
    symbol,
    lastPrice: onStep(market.last, tick),
    indexPrice: printed(market.index),
    markPrice: printed(market.mark),
    fundingRate: printed(fundingRate(market)),
    nextFundingTime: `${market.funding.nextAt}`,
    fundingIntervalHour: `${funding.everyMs / HOUR_MS}`,
    fundingCap: printed(funding.cap),
    bid1Price,
    bid1Size,
    ask1Price,
    ask1Size,
  };
}
