import {
  type Account,
  book,
  type ExchangeState,
  fundingRate,
  type Instrument,
  type Market,
  ONE,
  onStep,
  printed,
  type Tier,
  tiersOf,
} from "@plimsoll/sim/exchange";

const decimalsOf = (step: bigint): number => onStep(0n, step).split(".")[1]?.length ?? 0;

/** GET fapi/v1/exchangeInfo */
export const exchangeInfo = (state: ExchangeState) => ({
  timezone: "UTC",
  serverTime: state.now,
  futuresType: "U_MARGINED",
  rateLimits: [{ rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 2400 }],
  exchangeFilters: [],
  assets: [...new Set([...state.markets.values()].map(({ instrument }) => instrument.quote))].map((asset) => ({
    asset,
    marginAvailable: true,
    autoAssetExchange: "0",
  })),
  symbols: [...state.markets.values()].map((market) => symbolInfo(market)),
});

function symbolInfo({ instrument, mode }: Market) {
  const { symbol, base, quote, tick, lot, minNotional, liquidationFee, marketBound, bandUp, bandDown, tiers } =
    instrument;
  const lots = { minQty: onStep(lot, lot), maxQty: "1000000", stepSize: onStep(lot, lot) };
  return {
    symbol,
    pair: symbol,
    contractType: "PERPETUAL",
    deliveryDate: 4133404800000,
    onboardDate: 1569398400000,
    status: mode === "normal" || mode === "reduce-only" ? "TRADING" : "HALT",
    maintMarginPercent: "2.5000",
    requiredMarginPercent: "5.0000",
    baseAsset: base,
    quoteAsset: quote,
    marginAsset: quote,
    pricePrecision: decimalsOf(tick),
    quantityPrecision: decimalsOf(lot),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: "COIN",
    underlyingSubType: [],
    triggerProtect: "0.0500",
    liquidationFee: printed(liquidationFee),
    marketTakeBound: printed(marketBound),
    maxLeverage: tiers[0]?.maxLeverage,
    filters: [
      { filterType: "PRICE_FILTER", minPrice: onStep(tick, tick), maxPrice: "10000000", tickSize: onStep(tick, tick) },
      { filterType: "LOT_SIZE", ...lots },
      { filterType: "MARKET_LOT_SIZE", ...lots },
      { filterType: "MAX_NUM_ORDERS", limit: 200 },
      { filterType: "MAX_NUM_ALGO_ORDERS", limit: 10 },
      { filterType: "MIN_NOTIONAL", notional: printed(minNotional) },
      {
        filterType: "PERCENT_PRICE",
        multiplierUp: printed(bandUp),
        multiplierDown: printed(bandDown),
        multiplierDecimal: "4",
      },
    ],
    orderTypes: ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"],
    timeInForce: ["GTC", "IOC", "FOK", "GTX"],
  };
}

/** GET fapi/v1/premiumIndex, one symbol */
export const premiumIndex = (market: Market, now: number) => ({
  symbol: market.instrument.symbol,
  markPrice: printed(market.mark),
  indexPrice: printed(market.index),
  estimatedSettlePrice: printed(market.index),
  lastFundingRate: printed(fundingRate(market)),
  interestRate: printed(market.instrument.funding.interest),
  nextFundingTime: market.funding.nextAt,
  time: now,
});

/** GET fapi/v1/fundingInfo, one symbol */
export const fundingInfo = ({ symbol, funding }: Instrument) => ({
  symbol,
  adjustedFundingRateCap: printed(funding.cap),
  adjustedFundingRateFloor: printed(funding.floor),
  fundingIntervalHours: funding.everyMs / 3_600_000,
  disclaimer: false,
});

/** GET fapi/v1/depth */
export const depth = (market: Market, limit: number, now: number, seed: bigint) => ({
  lastUpdateId: now,
  E: now,
  T: now,
  bids: book(market, "sell", seed).slice(0, limit),
  asks: book(market, "buy", seed).slice(0, limit),
});

/** GET fapi/v1/ticker/bookTicker, one symbol */
export function bookTicker(market: Market, now: number, seed: bigint) {
  const nothing = ["0", "0"] as const;
  const [[bidPrice, bidQty] = nothing] = book(market, "sell", seed);
  const [[askPrice, askQty] = nothing] = book(market, "buy", seed);
  return { symbol: market.instrument.symbol, bidPrice, bidQty, askPrice, askQty, time: now, lastUpdateId: now };
}

/** GET fapi/v1/ticker/price, one symbol */
export const tickerPrice = (market: Market, now: number) => ({
  symbol: market.instrument.symbol,
  price: onStep(market.last, market.instrument.tick),
  time: now,
});

/** GET fapi/v1/leverageBracket, one symbol, as this user sees it: `notionalCoef` appears only where brackets were adjusted. */
export function leverageBracket(account: Account, market: Market) {
  const coef = account.coef === ONE ? {} : { notionalCoef: Number(printed(account.coef)) };
  // floors and caps are printed before the coefficient: the user multiplies
  const tiers = tiersOf({ ...account, coef: ONE }, market);
  return { symbol: market.instrument.symbol, ...coef, brackets: tiers.map(bracket) };
}
const whole = (value: bigint): number => Number(onStep(value, 1n));
const bracket = (tier: Tier) => ({
  bracket: tier.tier,
  initialLeverage: tier.maxLeverage,
  notionalCap: tier.cap === null ? Number.MAX_SAFE_INTEGER : whole(tier.cap),
  notionalFloor: whole(tier.floor),
  maintMarginRatio: whole(tier.rate),
  cum: whole(tier.amount),
});
