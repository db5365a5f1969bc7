import { type Exact, canonical, ms, text } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parityOf } from "./parity.ts";
import { type RawAccount, readAccount } from "./read-account.ts";
import { readMarket } from "./read-instruments.ts";
import { readTerms } from "./read-terms.ts";
import { linear, sceneOf, termsOf, tier } from "./testing.ts";
import { type Json, list, sure, shown, TERMS, WALLET, XRP, raw } from "./testing/answers.ts";

test("the margin mode is the account's: isolated positions hold their margin, and the wallet the rest", () => {
  const isolated = { ...XRP, positionBalance: "3.64", liqPrice: "0.33", bustPrice: "0.32" };
  const { body } = sure(
    readAccount(
      raw({
        info: { retCode: 0, result: { marginMode: "ISOLATED_MARGIN", unifiedMarginStatus: 5 } },
        positions: [list(isolated)],
      }),
      TERMS,
    ),
  );
  expect([body.mode, shown(body.positions[0]?.posted), shown(body.balances[0]?.cash)]).toEqual([
    "isolated",
    "3.64",
    "996.36",
  ]);
  const portfolio = raw({ info: { retCode: 0, result: { marginMode: "PORTFOLIO_MARGIN", unifiedMarginStatus: 5 } } });
  expect(sure(readAccount(portfolio, TERMS)).body.mode).toBe("portfolio");
});

test("orders count what they would open; hedge sides, leverage of borrowing, interest and funding intervals are read", () => {
  const order = (side: string, leavesQty: string, more: Json = {}) => ({
    orderId: side + leavesQty,
    symbol: "XRPUSDT",
    side,
    positionIdx: 0,
    leavesQty,
    reduceOnly: false,
    ...more,
  });
  const ticker = {
    symbol: "XRPUSDT",
    markPrice: "0.3433",
    fundingRate: "0.0001",
    nextFundingTime: "1672286400000",
    fundingIntervalHour: "1",
  };
  const { body } = sure(
    readAccount(
      raw({
        positions: [list({ ...XRP, positionIdx: 1 }, { ...XRP, positionIdx: 2, side: "Sell", size: "40" })],
        orders: [
          list(
            order("Buy", "7", { positionIdx: 1 }),
            order("Sell", "120", { positionIdx: 1 }),
            order("Sell", "5", { positionIdx: 2, reduceOnly: true }),
          ),
        ],
        tickers: [list(ticker)],
        collateral: list({ currency: "USDT", hourlyBorrowRate: "0.00000147" }),
        spotMargin: { retCode: 0, result: { spotLeverage: "4" } },
      }),
      TERMS,
    ),
  );
  expect(body.positions.map(({ side, size }) => `${side} ${text(size)}`)).toEqual(["long 100", "short -40"]);
  expect(body.orders.map(({ side, opens }) => `${side} ${text(opens)}`)).toEqual(["long 7", "long 20", "short 0"]);
  expect([shown(body.spotLeverage), shown(body.balances[0]?.hourlyRate)]).toEqual(["4", "0.00000147"]);
  expect(body.funding).toMatchObject([{ next: ms(1672286400000), everyMs: 3_600_000 }]);
});

test("collateral ratios and debts by coin; past the last limit a debt is charged in full", () => {
  const { coins } = sure(
    readTerms({
      valuation: "mark",
      ...sure(
        readMarket({
          instruments: [],
          riskLimits: [],
          fees: list(),
          ratios: list({
            currency: "BTC",
            collateralRatioList: [
              { minQty: "0", maxQty: "1000000", collateralRatio: "0.85" },
              { minQty: "1000000", maxQty: "", collateralRatio: "0" },
            ],
          }),
          borrow: list({
            currency: "BTC",
            positionTiersRatioList: [
              { tier: "1", borrowLimit: "390", positionMMR: "0.04" },
              { tier: "2", borrowLimit: "391", positionMMR: "0.04" },
            ],
          }),
        }),
      ),
    }),
  );
  expect(canonical(coins["BTC"])).toBe(
    canonical({
      ratios: [
        { cap: { digits: 1_000_000n, scale: 0 }, rate: { digits: 85n, scale: 2 } },
        { rate: { digits: 0n, scale: 0 } },
      ],
      borrow: [
        { cap: { digits: 390n, scale: 0 }, rate: { digits: 4n, scale: 2 } },
        { cap: { digits: 391n, scale: 0 }, rate: { digits: 4n, scale: 2 } },
        { rate: { digits: 1n, scale: 0 } },
      ],
    }),
  );
});

test("a list that was not read to its last page is refused", () => {
  const page = (category: string, nextPageCursor: string) => ({
    retCode: 0,
    result: { category, list: [], nextPageCursor },
  });
  const market = (...riskLimits: unknown[]) =>
    readMarket({ instruments: [], riskLimits, fees: list(), ratios: list() });
  expect(market(page("linear", "x"), page("linear", ""), page("inverse", "")).ok).toBe(true);
  expect(market(page("linear", "x"), page("inverse", ""))).toMatchObject({
    failure: { code: "bybit/more-pages", facts: { category: "linear", cursor: "x" } },
  });
});

test.each([
  ["InverseFutures", "0", "0"],
  ["InversePerpetual", "-0.01", "0.01"],
])("%s: funding is bounded by %s and %s", (contractType, floor, cap) => {
  const instrument = {
    ...{ symbol: "X", contractType, quoteCoin: "USD", settleCoin: "BTC" },
    ...{ priceFilter: { tickSize: "0.5" }, lotSizeFilter: { qtyStep: "1" } },
    ...{ upperFundingRate: "0.01", lowerFundingRate: "-0.01" },
  };
  const row = { symbol: "X", riskLimitValue: "150", maintenanceMargin: "0.5", initialMargin: "1", maxLeverage: "100" };
  const market = readMarket({
    instruments: [list(instrument)],
    riskLimits: [list(row)],
    fees: list({ symbol: "X", takerFeeRate: "0" }),
    ratios: list(),
  });
  expect(sure(market).contracts["X"]).toMatchObject({ funding: { floor, cap } });
});

test("a rate whose unit cannot be told is refused", () => {
  const row = (initialMargin: string) => ({
    symbol: "X",
    riskLimitValue: "150",
    maintenanceMargin: "0.5",
    initialMargin,
    maxLeverage: "100",
    mmDeduction: "",
  });
  const instrument = {
    symbol: "X",
    contractType: "InversePerpetual",
    quoteCoin: "USD",
    settleCoin: "BTC",
    priceFilter: { tickSize: "0.5" },
    lotSizeFilter: { qtyStep: "1" },
  };
  const market = (initialMargin: string) =>
    readMarket({
      instruments: [list(instrument)],
      riskLimits: [list(row(initialMargin))],
      fees: list({ symbol: "X", takerFeeRate: "0" }),
      ratios: list(),
    });
  expect(market("0.2")).toMatchObject({ ok: false, failure: { code: "bybit/bad-tiers" } });
  expect([market("1").ok, market("0.01").ok]).toEqual([true, true]);
});

test("the venue's figures stand beside ours; another fee trips the row", () => {
  const account = sure(readAccount(raw(), TERMS));
  const contract = linear({ takerFee: { digits: 6n, scale: 4 }, tiers: [tier("0", "200000", "0.01", "0")] });
  const rows = (takerFee: Exact) =>
    sure(
      parityOf(
        account,
        sceneOf(
          { XRPUSDT: "0.3432", USDT: "1.0005" },
          termsOf({ valuation: "entry", contracts: { XRPUSDT: { ...contract, takerFee } } }),
        ),
      ),
    )
      .filter(({ of }) => of === "XRPUSDT:one-way")
      .map(({ figure, verdict }) => `${figure} ${verdict}`);
  expect(rows({ digits: 6n, scale: 4 })).toEqual([
    "initial margin same",
    "maintenance margin same",
    "liquidation price same",
  ]);
  expect(rows({ digits: 55n, scale: 5 })).toEqual([
    "initial margin differs",
    "maintenance margin differs",
    "liquidation price same",
  ]);
});

test("damaged answers never become a number", () => {
  const answers = raw({
    orders: [list({ orderId: "a", symbol: "XRPUSDT", side: "Buy", positionIdx: 0, leavesQty: "5", reduceOnly: false })],
  });
  // what no figure of ours is read from may say what it likes
  const whole = JSON.stringify(answers, (key, value: unknown) => (key === "positionValue" ? undefined : value));
  const figures = [...whole.matchAll(/"(-?\d+(?:\.\d+)?)"/g)].map(({ index, 1: digits }) => ({
    at: index + 1,
    digits: digits!,
  }));
  fc.assert(
    fc.property(
      fc.constantFrom(...figures),
      fc.constantFrom("x", "1e3", "NaN", " ", "1,0", "--1", "0x1"),
      ({ at, digits }, junk) => {
        const damaged = JSON.parse(whole.slice(0, at) + junk + whole.slice(at + digits.length)) as RawAccount;
        const read = readAccount(damaged, TERMS);
        expect(read).toMatchObject({ ok: false, failure: { code: "bybit/unreadable" } });
      },
    ),
    { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 200) },
  );
  for (const broken of [{ retCode: 10001, retMsg: "no", result: {} }, {}, null, list({ ...WALLET, coin: undefined })])
    expect(readAccount(raw({ wallet: broken }), TERMS).ok).toBe(false);
  expect(readAccount(raw({ wallet: list() }), TERMS)).toMatchObject({ failure: { code: "bybit/no-wallet" } });
  expect(readAccount(raw(), termsOf({}))).toMatchObject({ failure: { code: "bybit/no-terms" } });
});
