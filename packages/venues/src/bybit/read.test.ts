import { existsSync, readFileSync } from "node:fs";
import { type Exact, canonical, ms, text, trim } from "@plimsoll/core/units";
import ccxt from "ccxt";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parityOf } from "./parity.ts";
import { type RawAccount, readAccount } from "./read-account.ts";
import { readMarket } from "./read-instruments.ts";
import { readTerms } from "./read-terms.ts";
import { inverse, linear, sceneOf, termsOf, tier } from "./testing.ts";

const FIXTURES = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures/bybit`;
const absent = !existsSync(FIXTURES);
type Json = Record<string, unknown>;
const load = (name: string) => JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, "utf8")) as Json;
const list = (...rows: unknown[]) => ({ retCode: 0, result: { list: rows } });

function sure<V>(
  result: { readonly ok: true; readonly value: V } | { readonly ok: false; readonly failure: unknown },
): V {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
const shown = (value: Exact | undefined) => (value === undefined ? "none" : text(value));

const TERMS = termsOf({
  contracts: {
    ...Object.fromEntries(["BTCUSDT", "ETHUSDT", "SOLUSDT", "LTCUSDT", "XRPUSDT"].map((symbol) => [symbol, linear()])),
    BTCUSD: inverse("BTC"),
  },
});
const COIN = {
  coin: "USDT",
  walletBalance: "1000",
  spotBorrow: "0",
  totalOrderIM: "",
  equity: "1000",
  usdValue: "1000.5",
};
const WALLET = {
  totalMarginBalance: "1000.5",
  totalInitialMargin: "100",
  totalMaintenanceMargin: "5",
  totalAvailableBalance: "900.5",
  accountIMRate: "0.1",
  accountMMRate: "0.005",
  coin: [COIN],
};
/** A unified position as the venue printed it in December 2022. */
const XRP = {
  symbol: "XRPUSDT",
  leverage: "10",
  avgPrice: "0.3615",
  liqPrice: "0.0001",
  positionValue: "36.15",
  unrealisedPnl: "-1.83",
  markPrice: "0.3432",
  positionMM: "0.381021",
  positionIdx: 0,
  positionIM: "3.634521",
  side: "Buy",
  bustPrice: "",
  size: "100",
};
const raw = (change: Partial<RawAccount> = {}): RawAccount => ({
  info: { retCode: 0, result: { marginMode: "REGULAR_MARGIN", unifiedMarginStatus: 5 } },
  wallet: list(WALLET),
  positions: [list(XRP)],
  orders: [],
  tickers: [],
  ...change,
});

describe.skipIf(absent)(`recorded answers read (skipped without ${FIXTURES})`, () => {
  test("account, positions, balance and funding of one reading; an empty row is no position", () => {
    const account = sure(
      readAccount(
        {
          info: load("http_get_account_info"),
          wallet: load("http_get_wallet_balance"),
          positions: [load("http_get_positions"), load("http_get_positions_with_open_time")],
          orders: [],
          tickers: [list({ ...(load("ws_ticker_linear")["data"] as Json) })],
        },
        TERMS,
      ),
    );
    expect(account.body.mode).toBe("cross");
    expect(account.body.positions.map(({ symbol, size }) => `${symbol} ${text(size)}`)).toEqual([
      "BTCUSDT 0.5",
      "ETHUSDT -5.0",
      "LTCUSDT 1",
    ]);
    expect(account.body.balances.map(({ coin, cash }) => `${coin} ${text(cash)}`)).toEqual([
      "BTC 0",
      "USDT 1000.50",
      "ETH -0.06142",
    ]);
    expect(account.body.funding).toEqual([
      { symbol: "BTCUSDT", rate: { digits: -212n, scale: 6 }, next: 1673280000000, everyMs: 28_800_000 },
    ]);
    expect([shown(account.marks.get("BTCUSDT")), shown(account.marks.get("ETHUSDT"))]).toEqual(["17217.33", "2950.00"]);
    expect(account.positions.map(({ liqPrice }) => shown(liqPrice))).toEqual(["45000.00", "3500.00", "none"]);
  });

  test("a row of the private stream; its margins and no bankruptcy price", () => {
    const row = (load("ws_account_position")["data"] as unknown[])[0];
    const { positions, body } = sure(readAccount(raw({ positions: [list(row)] }), TERMS));
    expect(body.positions[0]).toMatchObject({ symbol: "ETHUSDT", side: "one-way", size: { digits: -1n, scale: 2 } });
    const [{ positionMM, bustPrice, liqPrice } = {} as never] = positions;
    expect([positionMM, bustPrice, liqPrice].map(shown)).toEqual(["0.20281586", "none", "51764.83003276"]);
  });

  // margin balance - initial margin - available; with nothing available margin balance - maintenance margin / rate, not below 0
  // oxfmt-ignore
  test.each([
    ["ws_account_wallet",                      "0.00000004"],
    ["ws_account_wallet_locked_exceeds_total", "0"],
    ["ws_account_wallet_small_order",          "bybit/unknown-order-loss"],
  ] as const)("%s: what resting orders take follows from the balance", (name, loss) => {
    const row = (load(name)["data"] as unknown[])[0] as Json;
    const account = readAccount(raw({ wallet: list(row), positions: [] }), TERMS);
    expect(account.ok ? text(trim(account.value.body.orderLoss)) : account.failure.code).toBe(loss);
  });

  test("what spot margin trading borrowed is owed", () => {
    const { body } = sure(
      readAccount(raw({ wallet: load("http_get_wallet_balance_with_spot_borrow"), positions: [] }), TERMS),
    );
    expect(body.balances.map(({ coin, cash }) => `${coin} ${text(cash)}`)).toEqual(["USDT 1000.00"]);
  });

  test("instruments become contracts once their risk limits and fees are known", () => {
    const risk = [
      {
        symbol: "BTCUSD",
        riskLimitValue: "150",
        maintenanceMargin: "0.5",
        initialMargin: "1",
        maxLeverage: "100.00",
        mmDeduction: "",
      },
    ];
    const market = sure(
      readMarket({
        instruments: [load("http_get_instruments_inverse"), load("http_get_instruments_linear")],
        riskLimits: [list(...risk)],
        fees: list({ symbol: "BTCUSD", takerFeeRate: "0.00055" }),
        ratios: list(),
      }),
    );
    expect(market.contracts).toEqual({
      BTCUSD: {
        type: "inverse",
        settle: "BTC",
        quote: "USD",
        tick: "0.5",
        step: "1",
        takerFee: "0.00055",
        complete: true,
        tiers: [{ floor: "0", cap: "150", mmr: "0.005", deduction: "0" }],
      },
    });
    expect(readTerms({ valuation: "mark", ...market }).ok).toBe(true);
  });
});

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

describe("where the client library is wrong, on the same payload", () => {
  const client = new ccxt.bybit();
  const market = {
    id: "XRPUSDT",
    symbol: "XRP/USDT:USDT",
    base: "XRP",
    quote: "USDT",
    settle: "USDT",
    type: "swap",
    spot: false,
    swap: true,
    contract: true,
    linear: true,
    inverse: false,
    contractSize: 1,
    precision: {},
    limits: {},
  };
  client.setMarkets({ [market.symbol]: market });

  test("it loses the maintenance margin and the margin mode of a cross position; we keep both", () => {
    const theirs = client.parsePosition(XRP);
    expect([theirs.maintenanceMargin, theirs.marginMode]).toEqual([undefined, undefined]);
    const { body, positions } = sure(readAccount(raw(), TERMS));
    expect([body.mode, shown(positions[0]?.positionMM)]).toEqual(["cross", "0.381021"]);
  });

  test("its tiers have neither symbol, currency nor deduction; ours are the venue's table", () => {
    const rows = [
      {
        id: 2,
        symbol: "XRPUSDT",
        riskLimitValue: "25000",
        maintenanceMargin: "0.01",
        initialMargin: "0.02",
        maxLeverage: "50",
        mmDeduction: "16.5",
      },
      {
        id: 1,
        symbol: "XRPUSDT",
        riskLimitValue: "5000",
        maintenanceMargin: "0.0067",
        initialMargin: "0.0133",
        maxLeverage: "75",
        mmDeduction: "",
      },
    ];
    const [theirs] = Object.values(client.parseLeverageTiers(structuredClone(rows), undefined, "symbol"));
    expect(theirs).toMatchObject([
      { symbol: undefined, currency: undefined },
      { symbol: undefined, currency: undefined },
    ]);
    expect(JSON.stringify((theirs as unknown as Json[]).map(({ info: _info, ...rest }) => rest))).not.toContain("16.5");
    const instrument = {
      symbol: "XRPUSDT",
      contractType: "LinearPerpetual",
      quoteCoin: "USDT",
      settleCoin: "USDT",
      priceFilter: { tickSize: "0.0001" },
      lotSizeFilter: { qtyStep: "1" },
      upperFundingRate: "0.005",
      lowerFundingRate: "-0.005",
    };
    const market_ = sure(
      readMarket({
        instruments: [list(instrument)],
        riskLimits: [list(...rows)],
        fees: list({ symbol: "XRPUSDT", takerFeeRate: "0.00055" }),
        ratios: list(),
      }),
    );
    const { contracts } = sure(readTerms({ valuation: "mark", ...market_ }));
    expect(contracts["XRPUSDT"]).toMatchObject({
      settle: "USDT",
      tiers: [tier("0", "5000", "0.0067", "0"), tier("5000", "25000", "0.01", "16.5")],
    });
    expect(contracts["XRPUSDT"]?.funding).toEqual({ floor: { digits: -5n, scale: 3 }, cap: { digits: 5n, scale: 3 } });
  });
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
