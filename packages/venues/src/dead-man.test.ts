import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { venues } from "@plimsoll/venues";
import { expect, test } from "vitest";
import { readDeadMan as ofBybit } from "./bybit/dead-man.ts";
import { readDeadMan as ofDeribit } from "./deribit/dead-man.ts";

// source: the example answers of bybit-exchange.github.io/docs/v5/account/dcp-info and docs.deribit.com get_cancel_on_disconnect
const dcp = (...dcpInfos: readonly object[]) => ({ retCode: 0, retMsg: "success", result: { dcpInfos } });
const spot = { product: "SPOT", dcpStatus: "ON", timeWindow: "10" };
const derivatives = { product: "DERIVATIVES", dcpStatus: "ON", timeWindow: "10" };
// oxfmt-ignore
test.each([
  ["bybit: not set up",             ofBybit,   dcp(),                                                    "off"],
  ["bybit: for spot only",          ofBybit,   dcp(spot),                                                "off"],
  ["bybit: for derivatives",        ofBybit,   dcp(spot, derivatives),                                   "armed"],
  ["bybit: a word nobody knows",    ofBybit,   dcp({ ...derivatives, dcpStatus: "PAUSED" }),             "armed"],
  ["bybit: switched off",           ofBybit,   dcp({ ...derivatives, dcpStatus: "OFF" }),                "off"],
  ["bybit: refused",                ofBybit,   { retCode: 10005, retMsg: "Permission denied", result: {} }, "unknown"],
  ["deribit: off",                  ofDeribit, { jsonrpc: "2.0", id: 1, result: { scope: "account", enabled: false } }, "off"],
  ["deribit: on",                   ofDeribit, { jsonrpc: "2.0", id: 1, result: { scope: "account", enabled: true } }, "armed"],
  ["deribit: of a connection only", ofDeribit, { jsonrpc: "2.0", id: 1, result: { scope: "connection", enabled: false } }, "unknown"],
  ["deribit: damaged",              ofDeribit, { jsonrpc: "2.0", id: 1, result: { scope: "account" } }, "unknown"],
] as const)("%s", (_case, read, answer, is) => {
  expect(read(answer).is).toBe(is);
});

/**
 * The calls that arm such a timer, as venues and their clients name them. Binance: countdownCancelAll; Bybit: disconnected-cancel-all;
 * OKX: cancel-all-after; Hyperliquid: scheduleCancel; Deribit: enable_cancel_on_disconnect; the common client: cancelAllOrdersAfter.
 */
const arming = [
  /countdown_?cancel/i,
  /disconnected?_?-?cancel_?-?all/i,
  /cancel_?-?all_?-?(orders_?-?)?after/i,
  /schedule_?-?cancel/i,
  /enable_?cancel_?on_?disconnect/i,
];
const isArming = (text: string) => arming.some((name) => name.test(text));

test("no venue's code arms a timer that cancels orders", () => {
  const folders = venues.map(({ id }) => id as string).concat("exchange", "chain", "wire");
  const files = folders.flatMap((folder) => {
    const at = join(import.meta.dirname, folder);
    return readdirSync(at, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.includes(".test."))
      .map((name) => join(at, name));
  });
  expect(files.length).toBeGreaterThan(100);
  const code = (file: string) => readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  expect(files.filter((file) => isArming(code(file)))).toEqual([]);
});

test.each([
  "fapiPrivatePostCountdownCancelAll",
  "privatePostTradeCancelAllAfter",
  "scheduleCancel",
  "cancelAllOrdersAfter",
])("the search would find %s", (call) => expect(isArming(`client.${call}({})`)).toBe(true));
