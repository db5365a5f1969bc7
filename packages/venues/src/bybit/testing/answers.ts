// oxlint-disable import/no-relative-parent-imports -- unit tests reach into their room
import { existsSync, readFileSync } from "node:fs";
import { type Exact, text } from "@plimsoll/core/units";
import type { RawAccount } from "../read-account.ts";
import { inverse, linear, termsOf } from "../testing.ts";

export const FIXTURES = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures/bybit`;
export const absent = !existsSync(FIXTURES);
export type Json = Record<string, unknown>;
export const load = (name: string) => JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, "utf8")) as Json;
export const list = (...rows: unknown[]) => ({ retCode: 0, result: { list: rows } });

export function sure<V>(
  result: { readonly ok: true; readonly value: V } | { readonly ok: false; readonly failure: unknown },
): V {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
export const shown = (value: Exact | undefined) => (value === undefined ? "none" : text(value));

export const TERMS = termsOf({
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
export const WALLET = {
  totalMarginBalance: "1000.5",
  totalInitialMargin: "100",
  totalMaintenanceMargin: "5",
  totalAvailableBalance: "900.5",
  accountIMRate: "0.1",
  accountMMRate: "0.005",
  coin: [COIN],
};
/** A unified position as the venue printed it in December 2022. */
export const XRP = {
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
export const raw = (change: Partial<RawAccount> = {}): RawAccount => ({
  info: { retCode: 0, result: { marginMode: "REGULAR_MARGIN", unifiedMarginStatus: 5 } },
  wallet: list(WALLET),
  positions: [list(XRP)],
  orders: [],
  tickers: [],
  ...change,
});
