import { type RecordedCall, replayCalls } from "@plimsoll/venues/exchange";
import { hyperliquidClient } from "@plimsoll/venues/hyperliquid";

export const USER = "0x5e9ee1089755c3435139848e47e6635505d5a13a";
/** The moment of every recording that is made up here. */
export const AT = Date.UTC(2026, 10, 22, 12, 30);

/** Answers of the info endpoint by their question, as the request's body has it. */
export type Answers = readonly (readonly [question: Readonly<Record<string, string>>, answer: unknown])[];

/** The calls of these answers, as a recording has them: parameters sorted, texts in quotes. */
export const callsOf = (answers: Answers, at = AT): readonly RecordedCall[] =>
  answers.map(([question, answer]) => ({
    at,
    method: "POST",
    to: "api.hyperliquid.xyz/info",
    params: Object.entries(question)
      .map(([name, value]) => `${name},${JSON.stringify(value)}`)
      .toSorted()
      .join("&"),
    status: 200,
    body: JSON.stringify(answer),
  }));

/** A client of an address that hears these answers and no network. */
export async function replaying(calls: readonly RecordedCall[], secret = ""): ReturnType<typeof hyperliquidClient> {
  const client = await hyperliquidClient({ user: USER, secret });
  client.enableRateLimit = false;
  replayCalls(client, calls);
  return client;
}

const crossOf = (accountValue: string, totalRawUsd: string, totalMarginUsed: string) => ({
  accountValue,
  totalRawUsd,
  totalMarginUsed,
  totalNtlPos: "0.0",
});

/** 2 BTC long in cross margin at mark 101,000 with 52,000 of account value: worked by hand. */
export const LONG_BTC = {
  type: "oneWay",
  position: {
    coin: "BTC",
    szi: "2.0",
    positionValue: "202000.0",
    entryPx: "100000.0",
    unrealizedPnl: "2000.0",
    returnOnEquity: "0.1",
    // 202000 / 10
    marginUsed: "20200.0",
    // 101000 - (52000 - 2525) / 2 / (1 - 0.0125)
    liquidationPx: "75949.3670886076",
    leverage: { type: "cross", value: 10 },
    maxLeverage: 40,
  },
};

/** 10 of another dex's coin short, isolated with a cash leg of 6,500, at mark 600. */
export const SHORT_INDEX = {
  type: "oneWay",
  position: {
    coin: "km:US500",
    szi: "-10.0",
    positionValue: "6000.0",
    entryPx: "590.0",
    unrealizedPnl: "-100.0",
    returnOnEquity: "-0.1",
    // the isolated value: 6500 - 6000
    marginUsed: "500.0",
    // 6500 / 10 / (1 + 0.025)
    liquidationPx: "634.1463414634",
    leverage: { type: "isolated", value: 10, rawUsd: "6500.0" },
    maxLeverage: 20,
  },
};

export const FIRST_STATE = {
  crossMarginSummary: crossOf("52000.0", "-150000.0", "20200.0"),
  marginSummary: crossOf("52000.0", "-150000.0", "20200.0"),
  // 202000 / 80
  crossMaintenanceMarginUsed: "2525.0",
  // 52000 - max(20200, 10 % of 202000)
  withdrawable: "31800.0",
  assetPositions: [LONG_BTC],
  time: AT,
};
export const SECOND_STATE = {
  crossMarginSummary: crossOf("100.0", "100.0", "0.0"),
  marginSummary: crossOf("600.0", "6600.0", "500.0"),
  crossMaintenanceMarginUsed: "0.0",
  withdrawable: "100.0",
  assetPositions: [SHORT_INDEX],
  time: AT + 40,
};
const NOTHING_HELD = {
  crossMarginSummary: crossOf("0.0", "0.0", "0.0"),
  marginSummary: crossOf("0.0", "0.0", "0.0"),
  crossMaintenanceMarginUsed: "0.0",
  withdrawable: "0.0",
  assetPositions: [],
  time: AT + 60,
};

const tables = (id: number, ...rows: readonly (readonly [lowerBound: string, maxLeverage: number])[]) => [
  id,
  { description: "", marginTiers: rows.map(([lowerBound, maxLeverage]) => ({ lowerBound, maxLeverage })) },
];
const universe = (name: string, szDecimals: number, maxLeverage: number, marginTableId: number) => ({
  name,
  szDecimals,
  maxLeverage,
  marginTableId,
});

export const METAS = [
  {
    universe: [universe("BTC", 5, 40, 56), universe("ETH", 4, 25, 55)],
    marginTables: [tables(56, ["0.0", 40], ["150000000.0", 20]), tables(55, ["0.0", 25], ["100000000.0", 15])],
    collateralToken: 0,
  },
  {
    universe: [{ ...universe("km:US500", 3, 20, 56), onlyIsolated: true, marginMode: "noCross" }],
    // ids are a dex's own: this table is another than the first dex's
    marginTables: [tables(56, ["0.0", 20], ["1000000.0", 10])],
    collateralToken: 360,
  },
  { universe: [universe("vt:GOLD", 2, 20, 20)], marginTables: [], collateralToken: 0 },
];

const ctx = (markPx: string, oraclePx: string, funding: string) => ({
  markPx,
  oraclePx,
  funding,
  openInterest: "1.0",
  premium: "0.0",
  midPx: null,
  impactPxs: null,
});

/** An address with positions in two of three dexes. */
export const ANSWERS: Answers = [
  [{ type: "exchangeStatus" }, { time: AT, specialStatuses: null }],
  [{ type: "perpDexs" }, [null, { name: "km", fullName: "made up" }, { name: "vt", fullName: "made up" }]],
  [{ type: "allPerpMetas" }, METAS],
  [
    { type: "spotMeta" },
    {
      tokens: [
        { index: 0, name: "USDC" },
        { index: 360, name: "USDH" },
      ],
      universe: [],
    },
  ],
  [
    { type: "userFees", user: USER },
    { userCrossRate: "0.0004", userAddRate: "0.0001" },
  ],
  [{ type: "userAbstraction", user: USER }, "disabled"],
  [{ type: "clearinghouseState", user: USER }, FIRST_STATE],
  [{ type: "clearinghouseState", user: USER, dex: "km" }, SECOND_STATE],
  [{ type: "clearinghouseState", user: USER, dex: "vt" }, NOTHING_HELD],
  [
    { type: "frontendOpenOrders", user: USER },
    [
      { coin: "BTC", oid: 7, side: "A", sz: "1.0", limitPx: "120000.0", reduceOnly: true, timestamp: AT },
      { coin: "@107", oid: 8, side: "A", sz: "1.0", limitPx: "40.0", reduceOnly: false, timestamp: AT },
    ],
  ],
  [{ type: "frontendOpenOrders", user: USER, dex: "km" }, []],
  [
    { type: "metaAndAssetCtxs" },
    [METAS[0], [ctx("101010.0", "101100.0", "0.0000125"), ctx("3900.0", "3901.0", "-0.00002")]],
  ],
  [{ type: "metaAndAssetCtxs", dex: "km" }, [METAS[1], [ctx("600.1", "600.2", "0.00001")]]],
];

/** The same answers with others in the place of those to equal questions. */
export const withAnswers = (changed: Answers, answers: Answers = ANSWERS): Answers => {
  const other = new Map(changed.map(([question, answer]) => [JSON.stringify(question), answer]));
  return answers.map(([question, answer]) => {
    const name = JSON.stringify(question);
    return [question, other.has(name) ? other.get(name) : answer] as const;
  });
};
