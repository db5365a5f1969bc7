import type { RecordedCall } from "@plimsoll/venues/exchange";

// A made-up account in the documented shapes of the venue's answers. Its figures are worked by hand beside them, by the rules
// of README.md; nothing here comes out of the engine.

export const NOON = Date.UTC(2026, 10, 22, 12);
type Json = Readonly<Record<string, unknown>>;

export const said = (result: Json): Json => ({ retCode: 0, retMsg: "OK", result, retExtInfo: {}, time: NOON });
export const listed = (category: string | undefined, list: readonly Json[], nextPageCursor = ""): Json =>
  said({ ...(category !== undefined && { category }), list, nextPageCursor });

/**
 * Value 61,000 at 10x: maintenance 305 and 30.195 fee to close, initial 6,100 and the fee. Liquidated where, all else frozen, a debt
 * of 40,000 - p at 4 % and the rest meet the line: p x 1.034505 = 11,025 + 165.92 + 1,600.
 */
export const LONG = {
  symbol: "BTCUSDT",
  positionIdx: 0,
  side: "Buy",
  size: "1",
  avgPrice: "60000",
  leverage: "10",
  positionBalance: "0",
  markPrice: "61000",
  liqPrice: "12364.3",
  bustPrice: "",
  positionIM: "6130.195",
  positionMM: "335.195",
  unrealisedPnl: "1000",
  seq: 7,
};
/** Value 0.5 BTC at 5x: maintenance 0.0025 and 0.00022 fee to close, initial 0.1 and the fee. A rise only turns half a bitcoin into dollars. */
export const SHORT = {
  ...LONG,
  symbol: "BTCUSD",
  side: "Sell",
  size: "30500",
  avgPrice: "61000",
  leverage: "5",
  liqPrice: "",
  positionIM: "0.10022",
  positionMM: "0.00272",
  unrealisedPnl: "0",
};
const coin = (name: string, walletBalance: string, equity: string, usdValue: string, totalOrderIM = "0") => ({
  ...{ coin: name, walletBalance, equity, usdValue, totalOrderIM, spotBorrow: "0" },
  ...{ marginCollateral: true, collateralSwitch: true },
});
/**
 * Have 21,000 + 0.5 x 61,000 x 0.95 = 49,975. Maintenance 335.195 + 0.00272 x 61,000 = 501.115; initial
 * 6,130.195 + 0.10022 x 61,000 + 3,000 of the order = 15,243.615. The last two coins have no value, or are no collateral.
 */
export const WALLET = {
  accountType: "UNIFIED",
  totalMarginBalance: "49975",
  totalInitialMargin: "15243.615",
  totalMaintenanceMargin: "501.115",
  totalAvailableBalance: "34731.385",
  accountIMRate: "0.305",
  accountMMRate: "0.01",
  coin: [
    coin("USDT", "20000", "21000", "21000", "3000"),
    coin("BTC", "0.5", "0.5", "30500"),
    coin("DUST", "0.00000001", "0.00000001", ""),
    { ...coin("GIFT", "7", "7", "3.5"), marginCollateral: false },
  ],
};
const instrument = (symbol: string, contractType: string, quoteCoin: string, settleCoin: string) => ({
  ...{ symbol, contractType, baseCoin: symbol.slice(0, 3), quoteCoin, settleCoin, status: "Trading" },
  ...{ priceFilter: { tickSize: "0.1" }, lotSizeFilter: { qtyStep: "0.001" } },
  ...{ upperFundingRate: "0.005", lowerFundingRate: "-0.005" },
});
const risk = (symbol: string, riskLimitValue: string, maintenanceMargin: string, more: Json = {}) => ({
  ...{ id: 1, symbol, riskLimitValue, maintenanceMargin, initialMargin: "0.01", maxLeverage: "100.00" },
  ...{ isLowestRisk: 1, mmDeduction: "", ...more },
});
const ticker = (symbol: string) => ({
  ...{ symbol, markPrice: "61000", indexPrice: "61001", lastPrice: "61002", fundingRate: "0.0001" },
  ...{ nextFundingTime: `${NOON + 4 * 3_600_000}`, fundingIntervalHour: "8" },
});
const ORDER = {
  ...{ orderId: "o1", symbol: "BTCUSDT", side: "Buy", positionIdx: 0, leavesQty: "0.5", reduceOnly: false },
  ...{ orderStatus: "New", price: "60000" },
};
const KEY = {
  readOnly: 1,
  permissions: { ContractTrade: ["Order", "Position"], Spot: [], Wallet: [], Options: [], Derivatives: [] },
  ips: ["203.0.113.7"],
  expiredAt: "",
};

/** Answers by what is asked, the last one again and again: path and parameters in the form of a recording. */
export type Answers = Readonly<Record<string, readonly (Json | string)[]>>;

const lists = (path: string, limit: number, rows: Json) => ({
  [`${path}?category,linear&limit,${limit}&settleCoin,USDC`]: [listed("linear", [])],
  [`${path}?category,inverse&limit,${limit}`]: [listed("inverse", [])],
  ...rows,
});

export const ACCOUNT: Answers = {
  "market/time": [said({ timeSecond: `${NOON / 1_000}`, timeNano: `${NOON}000000` })],
  "user/query-api": [said(KEY)],
  "account/info": [said({ marginMode: "REGULAR_MARGIN", unifiedMarginStatus: 5, updatedTime: "1" })],
  "account/wallet-balance?accountType,UNIFIED": [listed(undefined, [WALLET])],
  "account/collateral-info": [listed(undefined, [{ currency: "USDT", hourlyBorrowRate: "0.000004" }])],
  "spot-margin-trade/state": [said({ spotLeverage: "10", spotMarginMode: "1" })],
  ...lists("position/list", 200, {
    "position/list?category,linear&limit,200&settleCoin,USDT": [listed("linear", [LONG], "more")],
    "position/list?category,linear&cursor,more&limit,200&settleCoin,USDT": [listed("linear", [], "more")],
    "position/list?category,inverse&limit,200": [listed("inverse", [SHORT])],
    "position/list?category,option&limit,200": [listed("option", [])],
  }),
  ...lists("order/realtime", 50, {
    "order/realtime?category,linear&limit,50&settleCoin,USDT": [listed("linear", [ORDER])],
  }),
  "market/tickers?category,linear&symbol,BTCUSDT": [listed("linear", [ticker("BTCUSDT")])],
  "market/tickers?category,inverse&symbol,BTCUSD": [listed("inverse", [ticker("BTCUSD")])],
  "market/instruments-info?category,linear&limit,1000": [
    listed("linear", [instrument("ETHUSDT", "LinearPerpetual", "USDT", "USDT")], "page2"),
  ],
  "market/instruments-info?category,linear&cursor,page2&limit,1000": [
    listed("linear", [instrument("BTCUSDT", "LinearPerpetual", "USDT", "USDT")]),
  ],
  "market/instruments-info?category,linear&limit,1000&status,PreLaunch": [listed("linear", [])],
  // the client library asks for these too
  "market/instruments-info?category,inverse&limit,1000&status,PreLaunch": [listed("inverse", [])],
  "market/instruments-info?category,inverse&limit,1000": [
    listed("inverse", [instrument("BTCUSD", "InversePerpetual", "USD", "BTC")]),
  ],
  // 2,000,000 x (0.0075 - 0.005) is taken off the second row
  "market/risk-limit?category,linear&symbol,BTCUSDT": [listed("linear", [risk("BTCUSDT", "2000000", "0.005")], "next")],
  "market/risk-limit?category,linear&cursor,next&symbol,BTCUSDT": [
    listed("linear", [
      risk("BTCUSDT", "3000000", "0.0075", { mmDeduction: "5000", initialMargin: "0.015", maxLeverage: "66.67" }),
    ]),
  ],
  // percent, as some symbols are printed
  "market/risk-limit?category,inverse&symbol,BTCUSD": [
    listed("inverse", [risk("BTCUSD", "150", "0.5", { initialMargin: "1" })]),
  ],
  "account/fee-rate?category,linear&symbol,BTCUSDT": [
    listed(undefined, [{ symbol: "BTCUSDT", takerFeeRate: "0.00055" }]),
  ],
  "account/fee-rate?category,inverse&symbol,BTCUSD": [
    listed(undefined, [{ symbol: "BTCUSD", takerFeeRate: "0.00055" }]),
  ],
  "spot-margin-trade/collateral": [
    listed(undefined, [
      { currency: "USDT", collateralRatioList: [{ minQty: "0", maxQty: "", collateralRatio: "1" }] },
      {
        currency: "BTC",
        collateralRatioList: [
          { minQty: "0", maxQty: "10", collateralRatio: "0.95" },
          { minQty: "10", maxQty: "", collateralRatio: "0.9" },
        ],
      },
    ]),
  ],
  "spot-margin-trade/position-tiers": [
    listed(undefined, [
      { currency: "USDT", positionTiersRatioList: [{ tier: "1", borrowLimit: "1000000", positionMMR: "0.04" }] },
    ]),
  ],
};

/** The account as a recording; what is changed replaces the answers to that question, and undefined leaves it unanswered. */
export const recordingOf = (change: Partial<Record<string, readonly (Json | string)[]>> = {}): RecordedCall[] =>
  Object.entries({ ...ACCOUNT, ...change }).flatMap(([asked, bodies = []]) => {
    const [path, params = ""] = asked.split("?");
    return bodies.map((body) => ({
      ...{ at: NOON, method: "GET", to: `api.bybit.com/v5/${path}`, params, status: 200 },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }));
  });
