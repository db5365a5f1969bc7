import { existsSync, readFileSync } from "node:fs";
import { dec, holdingId, ms, text, toNumber } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { refuseWithdrawals } from "@plimsoll/venues/wire";
import { binance } from "./index.ts";
import { readPermission } from "./key-permission.ts";
import { parityOf } from "./parity.ts";
import { venueNumber } from "./raw.ts";
import { type RawAccount, readAccount } from "./read-account.ts";
import { readFlows, readOrder, replyOf } from "./read-order.ts";
import { readBrackets, readRules, readTakerFee, writeTerms } from "./read-rules.ts";
import { readStream } from "./read-stream.ts";
import { readTerms } from "./read-terms.ts";
import { SNAPSHOT } from "./testing.ts";

const ID = holdingId("mine");

/** Answers in the shapes of the venue's documentation; figures made up. */
const row = {
  symbol: "BTCUSDT",
  positionSide: "BOTH",
  positionAmt: "2.000",
  entryPrice: "100000.0",
  markPrice: "101000.00000000",
  isolatedWallet: "0",
  marginAsset: "USDT",
  maintMargin: "808.00000000",
  liquidationPrice: "0",
  adl: 2,
  notional: "202000.00000000",
  unRealizedProfit: "2000.00000000",
};
const raw: RawAccount = {
  account: {
    assets: [
      {
        asset: "USDT",
        walletBalance: "50000.00000000",
        crossWalletBalance: "50000.00000000",
        openOrderInitialMargin: "12.50000000",
      },
    ],
    positions: [
      { symbol: "BTCUSDT", positionSide: "BOTH", positionAmt: "2.000" },
      { symbol: "ETHUSDT", positionSide: "BOTH", positionAmt: "0.000" },
    ],
  },
  positions: [row],
  config: [
    { symbol: "BTCUSDT", marginType: "CROSSED", isAutoAddMargin: false, leverage: 20, maxNotionalValue: "100000000" },
  ],
  orders: [{ symbol: "BTCUSDT", positionSide: "BOTH", orderId: 8886774 }],
  conditionals: [{ symbol: "BTCUSDT", positionSide: "BOTH", algoId: 21 }],
  marks: [
    {
      symbol: "BTCUSDT",
      markPrice: "101000.00000000",
      lastFundingRate: "0.00010000",
      nextFundingTime: 1_795_305_600_000,
      time: 1_795_300_000_000,
    },
  ],
  funding: [{ symbol: "BTCUSDT", fundingIntervalHours: 4 }],
  mode: { dual: false, multiAssets: false },
};
const changed = (
  part: "account" | "positions" | "config" | "marks" | "orders",
  path: readonly (string | number)[],
  value: unknown,
): RawAccount => {
  const copy = structuredClone(raw) as unknown as Record<string, unknown>;
  let at = copy[part] as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[path.at(-1)!] = value;
  return copy as unknown as RawAccount;
};

test("an account is read from its raw answers, nothing from the client library's own sums", () => {
  const read = readAccount(raw);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  expect(read.value.body).toEqual({
    mode: "one-way",
    wallets: [{ asset: "USDT", cross: dec("50000.00000000"), orderMargin: dec("12.50000000") }],
    positions: [
      {
        symbol: "BTCUSDT",
        positionSide: "BOTH",
        asset: "USDT",
        size: dec("2.000"),
        entry: dec("100000.0"),
        margin: { mode: "cross" },
        leverage: dec("20"),
        adl: 2,
      },
    ],
    orders: [
      { id: "8886774", symbol: "BTCUSDT", positionSide: "BOTH" },
      { id: "21", symbol: "BTCUSDT", positionSide: "BOTH", conditional: true },
    ],
    funding: [{ symbol: "BTCUSDT", rate: dec("0.00010000"), next: 1_795_305_600_000, everyMs: 14_400_000 }],
  });
});

// oxfmt-ignore
test.each<[string, RawAccount, string]>([
  ["an empty size",                      changed("positions", [0, "positionAmt"], ""),                         "binance/unreadable"],
  ["a damaged entry",                    changed("positions", [0, "entryPrice"], "1000OO"),                    "binance/unreadable"],
  ["an entry of 0 beside a size",        changed("positions", [0, "entryPrice"], "0.0"),                       "binance/unreadable"],
  ["a wallet that is null",              changed("account", ["assets", 0, "crossWalletBalance"], null),        "binance/unreadable"],
  ["NaN as text",                        changed("account", ["assets", 0, "crossWalletBalance"], "NaN"),       "binance/unreadable"],
  ["a wallet that is missing",           changed("account", ["assets"], []),                                   "binance/unreadable"],
  ["an answer that is an error",         { ...raw, positions: { code: -1000, msg: "no" } },                    "binance/unreadable"],
  ["a mark that is missing its price",   changed("marks", [0, "markPrice"], ""),                               "binance/unreadable"],
  ["a next funding that is null",        changed("marks", [0, "nextFundingTime"], null),                       "binance/unreadable"],
  ["a time that is true",                changed("marks", [0, "time"], true),                                  "binance/unreadable"],
  ["no margin mode for a position",      { ...raw, config: [] },                                               "binance/no-margin-mode"],
  ["an unknown margin mode",             changed("config", [0, "marginType"], "PORTFOLIO"),                    "binance/unreadable"],
  ["two answers that do not agree",      changed("account", ["positions", 0, "positionAmt"], "1.999"),         "binance/torn-reading"],
  ["a position only one answer has",     changed("account", ["positions"], []),                                "binance/torn-reading"],
  ["another mode than the account's",    { ...raw, account: { ...(raw.account as object), multiAssetsMargin: true } }, "binance/mode-changed"],
  ["sides that are not the mode's",      { ...raw, mode: { dual: true, multiAssets: false } },                 "binance/unreadable"],
])("damaged bytes never become a number: %s", (_case, damaged, code) => {
  expect(readAccount(damaged)).toMatchObject({ ok: false, failure: { code } });
});

test("the venue's own maintenance and liquidation price are compared with ours", () => {
  const rowsOf = (answers: typeof raw) => {
    const read = readAccount(answers);
    if (!read.ok) throw new Error("unreadable");
    return parityOf(read.value, new Map(Object.entries(SNAPSHOT.symbols)), binance.terms[0]!, ms(0));
  };
  const wrong = rowsOf(changed("positions", [0, "maintMargin"], "750.00000000"));
  const verdicts = (rows: ReturnType<typeof rowsOf>) => rows.map(({ of, figure, verdict }) => [of, figure, verdict]);
  expect(verdicts(rowsOf(raw)).filter(([, figure]) => figure === "maintenance margin")).toEqual([
    ["BTCUSDT:BOTH", "maintenance margin", "same"],
  ]);
  expect(verdicts(wrong)[0]).toEqual(["BTCUSDT:BOTH", "maintenance margin", "differs"]);
});

const bracket = (
  notionalFloor: number,
  notionalCap: number,
  maintMarginRatio: number,
  cum: number,
  initialLeverage: number,
) => ({ bracket: 1, initialLeverage, notionalCap, notionalFloor, maintMarginRatio, cum });
const table = [
  bracket(0, 300_000, 0.004, 0, 125),
  bracket(300_000, 800_000, 0.005, 300, 100),
  bracket(800_000, 1e9, 0.0065, 1500, 1),
];

test("brackets: numbers as sent, the user's coefficient merged, a broken table fails for its symbol alone", () => {
  const read = readBrackets([
    { symbol: "BTCUSDT", brackets: table },
    { symbol: "ETHUSDT", notionalCoef: 1.5, brackets: table },
    { symbol: "CUTUSDT", brackets: table.slice(0, 2) },
    { symbol: "GAPUSDT", brackets: [table[0], table[2]] },
  ]);
  if (!read.ok) throw new Error(read.failure.code);
  const floors = (symbol: string) => {
    const found = read.value.get(symbol)!;
    return found.ok ? found.value.map(({ floor }) => toNumber(floor)) : found.failure.code;
  };
  expect(floors("BTCUSDT")).toEqual([0, 300_000, 800_000]);
  expect(floors("ETHUSDT")).toEqual([0, 450_000, 1_200_000]);
  expect([floors("CUTUSDT"), floors("GAPUSDT")]).toEqual(["binance/bad-tiers", "binance/bad-tiers"]);
  expect(readBrackets([{ symbol: "BTCUSDT", brackets: [{ ...table[0], cum: "x" }] }]).ok).toBe(false);
  expect(readBrackets({ code: -1000 }).ok).toBe(false);
});

// oxfmt-ignore
test.each([
  ["0.0065", "0.0065"], [0.0065, "0.0065"], [1e-7, "0.0000001"], ["1.67314758E7", "16731475.8"], ["4E+3", "4000"], [421_482_000, "421482000"], ["-0.00000001", "-0.00000001"],
])("a number of the venue's: %s", (sent, exactly) => {
  expect(text(venueNumber.parse(sent))).toBe(exactly);
});
test.each(["", " ", "1,5", "0x10", "Infinity", "1e999", "--1", "1.", null, true, Number.NaN, Number.POSITIVE_INFINITY])(
  "no number: %s",
  (sent) => {
    expect(venueNumber.safeParse(sent).success).toBe(false);
  },
);

test("exchange rules and fees become a terms document that reads back the same", () => {
  const info = {
    serverTime: 1_795_300_000_000,
    symbols: [
      {
        symbol: "BTCUSDT",
        marginAsset: "USDT",
        liquidationFee: "0.012500",
        filters: [
          { filterType: "PRICE_FILTER", tickSize: "0.10" },
          { filterType: "LOT_SIZE", stepSize: "0.001", minQty: "0.001" },
          { filterType: "MAX_NUM_ORDERS", limit: 200 },
          { filterType: "MIN_NOTIONAL", notional: "100" },
        ],
      },
    ],
  };
  const rules = readRules(info, new Set(["BTCUSDT"]));
  const fee = readTakerFee({ symbol: "BTCUSDT", takerCommissionRate: "0.000400" });
  if (!rules.ok || !fee.ok) throw new Error("unreadable");
  const terms = { ...rules.value.get("BTCUSDT")!, takerFee: fee.value, tiers: SNAPSHOT.symbols["BTCUSDT"]!.tiers };
  const read = readTerms(JSON.parse(JSON.stringify(writeTerms(new Map([["BTCUSDT", terms]])))));
  if (!read.ok) throw new Error(read.failure.code);
  const back = read.value.symbols["BTCUSDT"]!;
  expect([back.tick, back.step, back.minNotional, back.takerFee, back.liquidationFee].map(toNumber)).toEqual([
    0.1, 0.001, 100, 0.0004, 0.0125,
  ]);
  expect(back.tiers.map(({ amount }) => toNumber(amount))).toEqual(terms.tiers.map(({ amount }) => toNumber(amount)));
  const cut = structuredClone(info);
  cut.symbols[0]!.filters[0]!.tickSize = "O.10";
  expect(readRules(cut, new Set(["BTCUSDT"]))).toMatchObject({ ok: false, failure: { code: "binance/no-filters" } });
});

test("a key that can withdraw is refused; one that is not told about stays unknown", () => {
  const silent = { is: "said", transfers: "unknown", withdraws: false, ipBound: "unknown", expires: "unknown" };
  expect(readPermission({ enableWithdrawals: false, enableFutures: true })).toEqual({ ...silent, trades: true });
  expect(readPermission({ enableWithdrawals: false })).toEqual({ ...silent, trades: "unknown" });
  // the documentation's example, with withdrawals allowed
  const documented = { ipRestrict: false, createTime: 1698645219000, enableReading: true, enableWithdrawals: true };
  const rights = { ...documented, enableInternalTransfer: false, enableFutures: false, permitsUniversalTransfer: true };
  const said = readPermission(rights);
  expect(said).toMatchObject({ trades: false, transfers: true, withdraws: true, ipBound: false });
  expect(refuseWithdrawals("binance", said)).toMatchObject({
    ok: false,
    failure: { code: "binance/key-can-withdraw" },
  });
  for (const odd of [{}, { enableWithdrawals: "false" }, null, []]) {
    const unknown = readPermission(odd);
    expect(unknown).toMatchObject({ is: "unknown", why: { code: "binance/key-permission-unknown" } });
    expect(refuseWithdrawals("binance", unknown).ok).toBe(true);
  }
});

// oxfmt-ignore
test.each([
  ["NEW", "0", "accepted"], ["PARTIALLY_FILLED", "0.4", "partly"], ["FILLED", "1", "done"], ["EXPIRED", "0.4", "expired"], ["CANCELED", "0", "expired"],
  ["EXPIRED_IN_MATCH", "0", "expired"], ["REJECTED", "0", "expired"], ["PENDING_SOMETHING", "0", "ambiguous"],
])("order status %s with %s done: %s", (status, executedQty, is) => {
  const order = readOrder({ orderId: 1, status, origQty: "1", executedQty });
  if (!order.ok) throw new Error(order.failure.code);
  expect(replyOf(order.value, [])).toMatchObject({ is });
});

test("flows of an order: profit and commission, each in its asset, over all its trades", () => {
  const trade = { realizedPnl: "-2.00000000", commission: "0.50000000", commissionAsset: "USDT" };
  const flows = (trades: unknown) => {
    const read = readFlows(trades, "USDT");
    return read.ok ? read.value.map(({ asset, amount }) => `${toNumber(amount)} ${asset}`) : read.failure.code;
  };
  expect(flows([trade, trade])).toEqual(["-5 USDT"]);
  expect(flows([{ ...trade, commissionAsset: "BNB" }])).toEqual(["-2 USDT", "-0.5 BNB"]);
  expect(flows([{ ...trade, realizedPnl: "?" }])).toBe("binance/unreadable");
  expect(readOrder({ orderId: 1, status: "FILLED", origQty: "1" }).ok).toBe(false);
});

const fixtures = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures/binance/futures__`;
describe.skipIf(!existsSync(`${fixtures}http_json__position_risk.json`))(
  `recorded payloads (skipped without ${fixtures}*)`,
  () => {
    const recorded = (name: string): unknown => JSON.parse(readFileSync(`${fixtures}${name}.json`, "utf8"));
    const news = (name: string) => {
      const read = readStream(recorded(name), ID);
      if (!read.ok) throw new Error(JSON.stringify(read.failure));
      return read.value;
    };

    test("mark price", () => {
      expect(news("market_data_json__mark_price_stream")).toEqual({
        events: [
          {
            type: "price",
            key: "binance:BTCUSDT:mark",
            price: dec("11794.15000000"),
            kind: "mark",
            at: 1_562_305_380_000,
          },
        ],
        at: 1_562_305_380_000,
        changed: false,
      });
    });
    test("account update: asks for a fresh reading", () => {
      expect(news("user_data_json__account_update")).toMatchObject({ events: [], changed: true });
      const funding = { ...(recorded("user_data_json__account_update") as { a: object }) };
      const read = readStream({ ...funding, a: { ...funding.a, m: "FUNDING_FEE", P: [] } }, ID);
      expect(read).toMatchObject({
        ok: true,
        value: {
          events: [{ type: "effect", effect: { was: "funding", body: { asset: "USDT", amount: dec("50.12345678") } } }],
        },
      });
    });
    test("liquidation and deleveraging are told as what the venue did", () => {
      expect(news("user_data_json__order_update_calculated").events).toMatchObject([
        {
          type: "effect",
          holding: ID,
          text: "liquidation: sell 0.014 BTCUSDT at 9910.12",
          effect: {
            was: "liquidation",
            body: {
              positionSide: "LONG",
              side: "sell",
              size: dec("0.014"),
              fee: [{ asset: "USDT", amount: dec("0.06937084") }],
            },
          },
        },
      ]);
      expect(news("user_data_json__order_update_adl").events).toMatchObject([
        { effect: { was: "adl", body: { side: "buy", price: dec("42000.00") } } },
      ]);
    });
    test.each(["order_update_new", "order_update_trade", "order_update_trade_partial"])(
      "own %s is no effect of the venue, but a change",
      (name) => {
        expect(news(`user_data_json__${name}`)).toMatchObject({ events: [], changed: true });
      },
    );
    test.each([
      "market_data_json__kline_stream_closed",
      "market_data_json__depth_update_stream",
      "market_data_json__liquidation_stream",
    ])("%s is not for us", (name) => {
      expect(news(name)).toEqual({ events: [], changed: false });
    });
    test("a damaged message is a failure, never a price", () => {
      const mark = recorded("market_data_json__mark_price_stream") as object;
      for (const p of ["", "x", null, undefined]) expect(readStream({ ...mark, p }, ID).ok).toBe(false);
      expect(readStream({ ...mark, p: "0.00000000" }, ID)).toMatchObject({ ok: true, value: { events: [] } });
    });
    test("the older position answer lacks what the reader needs and is refused, not guessed", () => {
      expect(readAccount({ ...raw, positions: recorded("http_json__position_risk") })).toMatchObject({
        ok: false,
        failure: { code: "binance/unreadable" },
      });
    });
  },
);
