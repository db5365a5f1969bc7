import { type RecordedCall, replayCalls } from "@plimsoll/venues/exchange";
import { okxClient } from "@plimsoll/venues/okx";

/** The moment of every recording here. */
export const AT = Date.UTC(2026, 10, 22, 12, 30);

/** Rows of answers by path and parameters, as a recording names them: "account/balance", "public/funding-rate instId,BTC-USDT-SWAP". */
export type Rows = Readonly<Record<string, readonly unknown[]>>;

const line = (name: string, body: string, status = 200): RecordedCall => {
  const [path = "", params = ""] = name.split(" ");
  return { at: AT, method: "GET", to: `www.okx.com/api/v5/${path}`, params, status, body };
};

/** One call with these rows for its answer. */
export const answered = (name: string, data: readonly unknown[]): RecordedCall =>
  line(name, JSON.stringify({ code: "0", msg: "", data }));
/** One call that got exactly these bytes. */
export const answeredBytes = line;

export const callsOf = (rows: Rows): readonly RecordedCall[] =>
  Object.entries(rows).map(([name, data]) => answered(name, data));

/** A client that hears these answers and no network. */
export async function replaying(calls: readonly RecordedCall[]): ReturnType<typeof okxClient> {
  const client = await okxClient({ key: "key", secret: "secret", passphrase: "passphrase" });
  client.enableRateLimit = false;
  replayCalls(client, calls);
  return client;
}

const nothing = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, ""]));

/** Fields that the venue leaves empty where they do not apply. */
const emptyCoin = nothing("borrowFroz", "crossLiab", "interest", "isoLiab", "liab", "maxLoan", "twap", "uplLiab");
const emptyPosition = nothing("baseBal", "quoteBal", "optVal", "interest", "liab", "liabCcy", "posCcy", "margin");

export const coin = (ccy: string, fields: Readonly<Record<string, unknown>>) => ({
  ...emptyCoin,
  ccy,
  frozenBal: "0",
  ordFrozen: "0",
  isoEq: "0",
  isoUpl: "0",
  upl: "0",
  imr: "",
  mmr: "",
  mgnRatio: "",
  ...fields,
});

export const position = (
  instId: string,
  fields: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => ({
  ...emptyPosition,
  instId,
  instType: "SWAP",
  posId: instId,
  posSide: "net",
  ccy: "USDT",
  mgnMode: "cross",
  ...fields,
});

export const tiers = (...rows: readonly (readonly [minSz: string, maxSz: string, mmr: string])[]) =>
  rows.map(([minSz, maxSz, mmr], index) => ({
    ...nothing("uly", "instId", "baseMaxLoan", "quoteMaxLoan"),
    tier: `${index + 1}`,
    minSz,
    maxSz,
    mmr,
    imr: "0.01",
    maxLever: "100",
    optMgnFactor: "0",
  }));

export const swap = (base: string, ctVal: string, tickSz: string) => ({
  ...nothing("baseCcy", "quoteCcy", "expTime", "alias"),
  instId: `${base}-USDT-SWAP`,
  instType: "SWAP",
  instFamily: `${base}-USDT`,
  settleCcy: "USDT",
  ctType: "linear",
  ctVal,
  ctMult: "1",
  ctValCcy: base,
  tickSz,
  lotSz: "0.01",
});

export const BTC_TIERS = tiers(["0", "1000", "0.004"], ["1001", "5000", "0.006"]);
export const BTC_TIERS_CALL = "public/position-tiers instFamily,BTC-USDT&instType,SWAP&tdMode,cross";

const fundingOf = (instId: string) => ({
  instId,
  instType: "SWAP",
  fundingRate: "0.0001",
  fundingTime: `${Date.UTC(2026, 10, 22, 16)}`,
  nextFundingTime: `${Date.UTC(2026, 10, 23)}`,
  minFundingRate: "-0.00375",
  maxFundingRate: "0.00375",
});

const market: Rows = {
  "public/time": [{ ts: `${AT}` }],
  "public/instruments instId,BTC-USDT-SWAP&instType,SWAP": [swap("BTC", "0.01", "0.1")],
  "public/instruments instId,ETH-USDT-SWAP&instType,SWAP": [swap("ETH", "0.1", "0.01")],
  [BTC_TIERS_CALL]: BTC_TIERS,
  "public/position-tiers instFamily,ETH-USDT&instType,SWAP&tdMode,isolated": tiers(["0", "5000", "0.005"]),
  "account/trade-fee instFamily,BTC-USDT&instType,SWAP": [
    { taker: "-0.0006", takerU: "-0.0005", takerUSDC: "-0.0004" },
  ],
  "account/trade-fee instFamily,ETH-USDT&instType,SWAP": [
    { taker: "-0.0006", takerU: "-0.0005", takerUSDC: "-0.0004" },
  ],
  "public/mark-price instType,SWAP": [
    { instType: "SWAP", instId: "BTC-USDT-SWAP", markPx: "101000", ts: `${AT - 40}` },
    { instType: "SWAP", instId: "ETH-USDT-SWAP", markPx: "3900", ts: `${AT - 40}` },
    { instType: "SWAP", instId: "XRP-USDT-SWAP", markPx: "2.5", ts: `${AT - 40}` },
  ],
  "public/funding-rate instId,BTC-USDT-SWAP": [fundingOf("BTC-USDT-SWAP")],
  "public/funding-rate instId,ETH-USDT-SWAP": [fundingOf("ETH-USDT-SWAP")],
  "trade/orders-pending": [],
  ...Object.fromEntries(
    ["conditional,oco", "trigger", "move_order_stop", "chase", "iceberg", "twap"].map((kind) => [
      `trade/orders-algo-pending ordType,${kind}`,
      [],
    ]),
  ),
};

const config = (acctLv: string) => [{ acctLv, posMode: "net_mode", perm: "read_only", ip: "203.0.113.7", uid: "1" }];

/** 2 BTC long in cross margin at 100,000, mark 101,000: worked by hand. */
export const LONG_BTC = position("BTC-USDT-SWAP", {
  pos: "200",
  avgPx: "100000",
  markPx: "101000",
  lever: "10",
  upl: "2000",
  imr: "20200",
  mmr: "808",
  // (2 * 100000 - 50000) / (2 * (1 - 0.004 - 0.0005))
  liqPx: "75339.025615268709",
  // (50000 + 2000) / (808 + 101)
  mgnRatio: "57.205720572057205",
});

/** 10 ETH short with 5,000 of its own at 4,000, mark 3,900. */
export const SHORT_ETH = position("ETH-USDT-SWAP", {
  mgnMode: "isolated",
  pos: "-100",
  avgPx: "4000",
  markPx: "3900",
  lever: "8",
  margin: "5000",
  upl: "1000",
  imr: "",
  mmr: "195",
  // (5000 + 40000) / (10 * (1 + 0.005 + 0.0005))
  liqPx: "4475.385380407757",
  // (5000 + 1000) / (195 + 19.5)
  mgnRatio: "27.972027972027972",
});

/** Futures mode: 50,000 USDT, both positions. */
export const FUTURES: Rows = {
  ...market,
  "account/config": config("2"),
  "account/balance": [
    {
      ...nothing("adjEq", "imr", "mgnRatio", "mmr", "notionalUsd", "ordFroz"),
      totalEq: "58000",
      isoEq: "6000",
      uTime: `${AT}`,
      details: [
        coin("USDT", {
          cashBal: "50000",
          eq: "58000",
          isoEq: "6000",
          isoUpl: "1000",
          upl: "3000",
          coinUsdPrice: "1",
          mmr: "808",
          imr: "20200",
          mgnRatio: "57.205720572057205",
          collateralEnabled: false,
        }),
      ],
    },
  ],
  "account/positions": [LONG_BTC, SHORT_ETH],
};

const ownTiers = (ccy: string) => `public/position-tiers ccy,${ccy}&instType,MARGIN&tdMode,cross`;
const discounts = (ccy: string) => `public/discount-rate-interest-free-quota ccy,${ccy}`;
const discount = (discountRate: string, minAmt: string, maxAmt: string) => ({ discountRate, minAmt, maxAmt });

/** Multi-currency margin: 2 BTC of collateral, 1,000 USDT owed, the same long position. */
export const MULTI: Rows = {
  ...market,
  "account/config": config("3"),
  "account/balance": [
    {
      totalEq: "203000",
      isoEq: "0",
      // 1000 * 1 + 2 * 101000 * 0.98
      adjEq: "198960",
      mmr: "808",
      imr: "20200",
      // 198960 / 909
      mgnRatio: "218.87788778877888",
      details: [
        coin("USDT", { cashBal: "-1000", eq: "1000", upl: "2000", coinUsdPrice: "1", collateralEnabled: true }),
        coin("BTC", { cashBal: "2", eq: "2", coinUsdPrice: "101000", collateralEnabled: true }),
      ],
    },
  ],
  "account/positions": [{ ...LONG_BTC, liqPx: "", mgnRatio: "218.87788778877888" }],
  "market/index-tickers quoteCcy,USD": [
    { instId: "BTC-USD", idxPx: "101000", ts: `${AT - 20}` },
    { instId: "USDT-USD", idxPx: "1", ts: `${AT - 20}` },
  ],
  "account/interest-rate": [
    { ccy: "USDT", interestRate: "0.000001" },
    { ccy: "BTC", interestRate: "0.0000005" },
  ],
  [discounts("USDT")]: [{ ccy: "USDT", amt: "0", minDiscountRate: "0.9", details: [discount("1", "0", "1000000")] }],
  [discounts("BTC")]: [
    {
      ccy: "BTC",
      amt: "0",
      minDiscountRate: "0",
      details: [discount("0.98", "0", "20"), discount("0.9775", "20", "25")],
    },
  ],
  [ownTiers("USDT")]: tiers(["0", "100000", "0.03"], ["100000", "500000", "0.04"]),
  [ownTiers("BTC")]: tiers(["0", "10", "0.04"]),
};
