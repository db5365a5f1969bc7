import { existsSync, readFileSync, readdirSync } from "node:fs";
import { damagedAt } from "@plimsoll/core/margin/testing";
import { type Result, dec, fail, holdingId, ms, ok, why } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAccount as readBinance } from "./binance/read-account.ts";
import { readStream as readBinanceStream } from "./binance/read-stream.ts";
import { readAccount as readBybit } from "./bybit/read-account.ts";
import { readMarket as readBybitMarket } from "./bybit/read-instruments.ts";
import { StreamReader as BybitStream } from "./bybit/read-stream.ts";
import { inverse, linear, termsOf } from "./bybit/testing.ts";
import { parseAnswer } from "./deribit/json-numbers.ts";
import { readAccount as readDeribit } from "./deribit/read-account.ts";
import { readInstruments as readDeribitInstruments } from "./deribit/read-instruments.ts";
import { readTicker } from "./deribit/read-ticker.ts";
import { readMarkets as readDydxMarkets, readOraclePrices } from "./dydx-v4/read-markets.ts";
import { readSubaccounts } from "./dydx-v4/read-subaccounts.ts";
import { readAccount as readHyperliquid } from "./hyperliquid/read-account.ts";
import { readMetas } from "./hyperliquid/read-market.ts";
import { readMeta } from "./hyperliquid/read-meta.ts";
import { readStream as readHyperliquidStream } from "./hyperliquid/read-stream.ts";
import { readBalance } from "./okx/read-balance.ts";
import { readAlgoOrders, readOrders } from "./okx/read-orders.ts";
import { readPositions } from "./okx/read-positions.ts";
import { readFunding, readIndexes, readMarks } from "./okx/read-rates.ts";
import { readInstruments as readOkxInstruments, readLoanTiers } from "./okx/read-rules.ts";

// Every recorded payload of a venue that we read is read here by the reader that its feed uses, or named with the reason why no feed
// reads it. The payloads show the shape; most of their values were edited by hand.

const ROOT = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures`;
const MINE = holdingId("mine");

/** Reads a payload, numbers of Deribit as text; a text where the payload is refused for good reason. */
type Reader = (payload: Json) => Result<unknown, unknown>;
type Json = Record<string, unknown>;
interface Ledger {
  readonly read: Readonly<Record<string, Reader>>;
  /** Refused, with the code of the reason: what is missing or torn in the recording. */
  readonly refused?: Readonly<Record<string, readonly [Reader, code: string]>>;
  readonly unread: Readonly<Record<string, readonly string[]>>;
  readonly parse?: (text: string) => unknown;
  /** The venue's client writes small numbers with an exponent. */
  readonly exponents?: boolean;
}

const each = (names: readonly string[], reader: Reader): Readonly<Record<string, Reader>> =>
  Object.fromEntries(names.map((name) => [name, reader]));
const first = (payload: Json, field = "data"): unknown => (payload[field] as unknown[])[0];
const all = (results: readonly Result<unknown, unknown>[]): Result<unknown, unknown> =>
  results.find((result) => !result.ok) ?? ok(results.map((result) => (result.ok ? result.value : undefined)));

const binanceAccount = (change: Json) =>
  readBinance({
    account: { assets: [], positions: [] },
    positions: [],
    config: [],
    orders: [],
    conditionals: [],
    marks: [],
    funding: [],
    mode: { dual: false, multiAssets: false },
    ...change,
  });
/** A message that the stream's reader takes up: it carries news, or asks for a fresh reading. */
const binanceNews: Reader = (payload) => {
  const news = readBinanceStream(payload, MINE);
  return news.ok && !news.value.changed && news.value.events.length === 0 ? fail(why("passed-by")) : news;
};
const orderUpdates = ["adl", "calculated", "calculated_pending", "delivery", "insurance", "new", "settlement", "trade"];
const binance: Ledger = {
  exponents: true,
  read: {
    futures__http_json__account_info_v2: (account) => binanceAccount({ account }),
    futures__http_json__open_algo_orders: (conditionals) => binanceAccount({ conditionals }),
    ...each(
      [...orderUpdates, "trade_partial"].map((name) => `futures__user_data_json__order_update_${name}`),
      binanceNews,
    ),
    ...each(
      [
        "market_data_json__mark_price_stream",
        "user_data_json__account_update",
        "user_data_json__account_update_bnfcr",
      ].map((name) => `futures__${name}`),
      binanceNews,
    ),
  },
  refused: {
    futures__http_json__position_risk: [
      (positions) => binanceAccount({ positions }),
      "binance/unreadable", // an older answer, without the isolated wallet
    ],
  },
  unread: {
    "wallets are read from the account": ["futures__http_json__balance"],
    "a waiting conditional order takes no margin": [
      "futures__user_data_json__algo_update_canceled",
      "futures__user_data_json__algo_update_new",
    ],
    "no figure of an account": [
      "futures__market_data_json__depth_update_stream",
      "futures__market_data_json__kline_stream_closed",
    ],
    "liquidations of others": ["futures__market_data_json__liquidation_stream"],
  },
};

const list = (...rows: unknown[]) => ({ retCode: 0, result: { list: rows } });
const COINS = {
  totalMarginBalance: "1",
  totalInitialMargin: "0",
  totalMaintenanceMargin: "0",
  totalAvailableBalance: "1",
};
const BYBIT_TERMS = termsOf({
  contracts: {
    ...Object.fromEntries(["BTCUSDT", "ETHUSDT", "LTCUSDT", "XRPUSDT"].map((symbol) => [symbol, linear()])),
    BTCUSD: inverse("BTC"),
  },
});
const bybitAccount = (change: Json) =>
  readBybit(
    {
      info: { retCode: 0, result: { marginMode: "REGULAR_MARGIN", unifiedMarginStatus: 4 } },
      wallet: list({ ...COINS, accountIMRate: "0", accountMMRate: "0", coin: [] }),
      positions: [],
      orders: [],
      tickers: [],
      ...change,
    },
    BYBIT_TERMS,
  );
const bybitMarket = (instruments: Json) =>
  readBybitMarket({ instruments: [instruments], riskLimits: [], fees: list(), ratios: list() });
const bybitNews: Reader = (message) => {
  const news = new BybitStream(MINE).read(message);
  const lost = news.events.find(({ type }) => type === "lost");
  return lost === undefined && (news.changed || news.events.length > 0) ? ok(news) : fail(lost ?? why("passed-by"));
};
const stopOrders = ["buy_stop_market", "limit_if_touched", "market_if_touched", "sell_market_if_touched", "stop_limit"];
const bybit: Ledger = {
  read: {
    http_get_account_info: (info) => bybitAccount({ info }),
    ...each(
      ["http_get_wallet_balance", "http_get_wallet_balance_spot_short", "http_get_wallet_balance_with_spot_borrow"],
      (wallet) => bybitAccount({ wallet }),
    ),
    ...each(["http_get_positions", "http_get_positions_with_open_time"], (answer) =>
      bybitAccount({ positions: [answer] }),
    ),
    ...each(["ws_account_position", "ws_account_position_short"], (message) =>
      all([bybitAccount({ positions: [list(first(message))] }), bybitNews(message)]),
    ),
    ...each(["ws_account_wallet", "ws_account_wallet_locked_exceeds_total"], (message) =>
      all([bybitAccount({ wallet: list(first(message)) }), bybitNews(message)]),
    ),
    ...each(
      [
        "",
        "_filled",
        "_partially_filled_rejected",
        "_stop_loss",
        "_stop_market",
        "_take_profit",
        ...stopOrders.map((name) => `_${name}`),
      ].map((name) => `ws_account_order${name}`),
      (message) => all([bybitAccount({ orders: [list(first(message))] }), bybitNews(message)]),
    ),
    ...each(["ws_account_execution", "ws_account_execution_adl"], bybitNews),
    ws_account_position_with_open_time: (row) => bybitAccount({ positions: [list(row)] }),
    ws_ticker_linear: (message) => all([bybitAccount({ tickers: [list(message["data"])] }), bybitNews(message)]),
    ...each(["http_get_instruments_inverse", "http_get_instruments_linear"], bybitMarket),
  },
  refused: {
    // what resting orders take does not follow from a balance without its sums
    ws_account_wallet_small_order: [
      (message) => bybitAccount({ wallet: list(first(message)) }),
      "bybit/unknown-order-loss",
    ],
  },
  unread: {
    "options and spot pairs have no margin here": [
      "http_get_instruments_option",
      "http_get_instruments_spot",
      "ws_ticker_option",
    ],
    "past trades and payments": ["http_get_executions", "http_get_funding_history"],
    "the shortened stream of executions leaves out what was forced": [
      "ws_account_execution_fast",
      "ws_account_execution_fast_envelope_id",
    ],
    "no figure of an account": ["http_get_orderbook", "ws_orderbook_delta", "ws_orderbook_snapshot"],
  },
};

const asAnswer = (payload: Json) => ({ code: "0", data: payload["data"] ?? [] });
const okxOrders: Reader = (payload) => readOrders(asAnswer(payload), []);
const okxWs = ["", "_adl", "_fok", "_ioc", "_liquidation", "_optimal_limit_ioc", "_option", "_trigger"];
const okx: Ledger = {
  read: {
    ...each(["http_get_account_balance", "ws_account", "ws_account_empty"], (payload) =>
      readBalance(asAnswer(payload)),
    ),
    ...each(["http_balance_detail_new_fields", "http_balance_detail_old_fields"], (detail) =>
      readBalance({ code: "0", data: [{ details: [detail] }] }),
    ),
    http_get_positions: readPositions,
    ...each(
      okxWs.map((name) => `ws_orders${name}`),
      okxOrders,
    ),
    ...each(
      [
        "http_get_orders_algo_history",
        "http_get_orders_algo_pending",
        "http_get_orders_algo_pending_attached_oco",
        "http_get_orders_algo_pending_close_fraction",
        "ws_orders_algo",
      ],
      (payload) => readAlgoOrders(asAnswer(payload)),
    ),
    http_get_mark_price: readMarks,
    http_get_index_price: readIndexes,
    ...each(["ws_funding_rate", "http_get_funding_rate_history"], (payload) => readFunding(asAnswer(payload))),
    ...each(
      [
        "http_get_instruments_futures",
        "http_get_instruments_margin",
        "http_get_instruments_option",
        "http_get_instruments_spot",
        "http_get_instruments_swap",
        "ws_instruments",
      ],
      (payload) => readOkxInstruments(asAnswer(payload)),
    ),
    http_get_position_tiers: (payload) => readLoanTiers(payload, "BTC-USDT"),
  },
  unread: {
    "answers to orders, and the actor is not here": [
      "http_cancel_algo_order_response",
      "http_place_algo_order_rejected",
      "http_place_algo_order_response",
      "http_set_position_mode_response",
    ],
    "options are not modelled": ["http_get_option_summary", "ws_opt_summary"],
    "past positions": ["http_get_account_positions-history"],
    "no figure of an account": ["common_optional_string_to_u64", "http_get_order_book", "ws_bbo_tbt", "ws_tickers"],
  },
};

const result = (payload: Json): unknown => payload["result"];
const params = (payload: Json): unknown => (payload["params"] as Json)["data"];
const deribitAccount = (change: object) =>
  readDeribit({ summaries: [], positions: [], orders: [], ...change }, dec("0.8"));
const summariesOf = (payload: Json) => (result(payload) as Json)["summaries"] as readonly Json[];
/** The one summary with unrealised profit, by the figure itself: a damaged one is not left out but refused. */
const BTC_PROFIT = "0.05271555";
const deribit: Ledger = {
  parse: parseAnswer,
  read: {
    // without the positions that belong to it only a summary without profit adds up
    ...each(["http_get_account_summaries", "http_get_account_summaries_cross_margin"], (payload) =>
      deribitAccount({ summaries: summariesOf(payload).filter((summary) => summary["session_upl"] !== BTC_PROFIT) }),
    ),
    ws_portfolio: (payload) => deribitAccount({ summaries: [params(payload)] }),
    ws_ticker: (payload) => readTicker(params(payload)),
    http_get_order_book: (payload) => readTicker(result(payload)),
    http_get_instruments: (payload) => readDeribitInstruments(result(payload)),
    http_get_instrument_option: (payload) => readDeribitInstruments([result(payload)]),
    ...each(
      ["buy_response", "edit_response", "sell_response", "stop_market_no_filled_amount", "stop_market_response"].map(
        (name) => `ws_order_${name}`,
      ),
      (payload) => deribitAccount({ orders: [(result(payload) as Json)["order"] ?? result(payload)] }),
    ),
    ws_order_cancel_response: (payload) => deribitAccount({ orders: [result(payload)] }),
  },
  unread: {
    "expiries are in the names": ["http_get_expirations_btc_option"],
    "options are valued at their own mark volatility": ["ws_volatility_index"],
  },
};

const inner = (payload: Json): unknown => payload["result"] ?? payload["contents"];
const dydxMarkets = existsSync(ROOT) ? readDydxMarkets(inner(load("dydx", "http_get_perpetual_markets"))) : undefined;
const dydxAccount: Reader = (payload) =>
  readSubaccounts(inner(payload), dydxMarkets?.ok === true ? dydxMarkets.value : new Map());
const dydx: Ledger = {
  read: {
    http_get_perpetual_markets: (payload) => readDydxMarkets(inner(payload)),
    ...each(["http_get_subaccount", "ws_subaccounts_subscribed"], dydxAccount),
    ws_markets_update: (payload) => readOraclePrices(inner(payload)),
  },
  refused: {
    // an older shape, without the caps of open interest
    ws_markets_subscribed: [(payload) => readDydxMarkets(inner(payload)), "dydx-v4/no-caps"],
  },
  unread: {
    "orders take no margin there, and fills are in the positions": ["ws_subaccounts_update"],
    "past funding": ["http_get_historical_funding"],
    "no figure of an account": ["http_get_orderbook", "ws_orderbook_subscribed", "ws_orderbook_update"],
  },
};

const recorded = (payload: Json): unknown => payload["response"] ?? payload;
const dex = (change: object) =>
  readHyperliquid({
    dexes: [{ dex: "", token: "USDC", state: EMPTY_STATE, orders: [], ...change }],
  });
const NOTHING = { accountValue: "0", totalMarginUsed: "0", totalNtlPos: "0", totalRawUsd: "0" };
const EMPTY_STATE = { crossMarginSummary: NOTHING, withdrawable: "0", assetPositions: [] };
const hyperliquid: Ledger = {
  read: {
    "live-get_user_state": (payload) => dex({ state: recorded(payload) }),
    ...each(["live-get_open_orders", "live-get_frontend_open_orders"], (payload) => dex({ orders: recorded(payload) })),
    ...each(["live-get_info", "http_meta_perp_sample"], (payload) => readMeta(recorded(payload))),
    http_all_perp_metas_non_usdc_collateral: (payload) =>
      readMetas(payload, ["", "km", "hyna"], load("hyperliquid", "http_spot_meta_non_usdc_collateral")),
    http_spot_meta_non_usdc_collateral: (payload) =>
      readMetas(load("hyperliquid", "http_all_perp_metas_non_usdc_collateral"), ["", "km", "hyna"], payload),
    ws_user_fill_liquidation: (message) =>
      readHyperliquidStream(message, { holding: MINE, user: "0x", at: ms(1_781_528_065_899) }),
  },
  refused: {
    // hand-made: a cash leg without the positions that it paid for
    http_clearinghouse_state_negative_total_raw_usd: [(payload) => dex({ state: payload }), "hyperliquid/torn-reading"],
  },
  unread: {
    "spot balances are no margin of perpetuals": ["http_spot_clearinghouse_state"],
    "past funding, trades, orders and balances": [
      "http_funding_history",
      "http_user_fills_dust_conversion",
      "live-get_funding_history-1684811870000",
      "live-get_funding_history-None",
      "live-get_user_fills",
      "live-get_user_fills_by_time",
      "live-historical_orders",
      "live-portfolio",
      "live-user_funding_history_with_end_time",
      "live-user_funding_history_without_end_time",
      "live-user_non_funding_ledger_updates_with_end_time",
      "live-user_non_funding_ledger_updates_without_end_time",
      "live-user_twap_slice_fills",
    ],
    "marks are read for the coins that are held, on a channel of each": ["ws_all_dexs_asset_ctxs"],
    "staking, vaults, agents and limits are outside the margin of an account": [
      "live-delegator_history",
      "live-extra_agents",
      "live-user_rate_limit",
      "live-user_role",
      "live-user_vault_equities",
    ],
    "no figure of an account": [
      "http_l2_book_btc",
      "http_l2_book_snapshot",
      "live-get_all_mids",
      "live-get_candles_snapshot",
      "live-get_l2_snapshot",
    ],
  },
};

function load(venue: string, name: string, parse: (text: string) => unknown = JSON.parse): Json {
  return parse(readFileSync(`${ROOT}/${venue}/${name}.json`, "utf8")) as Json;
}

describe.skipIf(!existsSync(ROOT))(`recorded payloads (skipped without ${ROOT})`, () => {
  describe.each(Object.entries({ binance, bybit, okx, deribit, dydx, hyperliquid }))("%s", (venue, ledger) => {
    const { read, refused = {}, unread, parse, exponents } = ledger;
    const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 20);

    test("every file stands in exactly one list", () => {
      const listed = [...Object.keys(read), ...Object.keys(refused), ...Object.values(unread).flat()];
      const files = readdirSync(`${ROOT}/${venue}`).map((file) => file.replace(/\.json$/, ""));
      expect(listed.toSorted()).toEqual(files.toSorted());
    });
    test.each(Object.entries(read))("%s is read", (name, reader) => {
      expect(reader(load(venue, name, parse))).toMatchObject({ ok: true });
    });
    test.each(Object.entries(refused))("%s is refused", (name, [reader, code]) => {
      expect(reader(load(venue, name, parse))).toMatchObject({ ok: false, failure: { code } });
    });
    test.each(Object.entries(read))("%s damaged: refused, or nothing new is read", (name, reader) => {
      const whole = load(venue, name, parse);
      const before = numbersOf(reader(whole));
      fc.assert(
        fc.property(fc.gen(), (g) => {
          const found = damagedAt(JSON.stringify(whole), g);
          // what a venue leaves empty or out is none by its own words; a number is no damage where it writes numbers
          const { junk } = found ?? {};
          if (found === undefined || junk === undefined || junk === "" || typeof junk === "number") return;
          if (exponents === true && typeof junk === "string" && junk.endsWith("e1")) return;
          const after = reader(found.json as Json);
          if (!after.ok) return;
          const made = [...numbersOf(after)].filter((number) => !before.has(number));
          expect(made, `${found.path.join(".")} as ${JSON.stringify(junk)}`).toEqual([]);
        }),
        { numRuns: runs, endOnFailure: true },
      );
    });
  });
});

/** Every number of a result, also as text. */
function numbersOf(value: unknown): ReadonlySet<string> {
  if (value instanceof Map) return numbersOf([...value]);
  if (typeof value === "object" && value !== null)
    return new Set(Object.values(value).flatMap((inner) => [...numbersOf(inner)]));
  const told = typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? `${value}` : "";
  return new Set(/^-?\d+(\.\d+)?$/.test(told) ? [told] : []);
}
