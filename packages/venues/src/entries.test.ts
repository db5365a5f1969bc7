import type { MarginEngine, Scene } from "@plimsoll/core/margin";
import { text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { margin as binance } from "./binance/margin.ts";
import * as onBinance from "./binance/testing.ts";
import { margin as bybit } from "./bybit/margin.ts";
import * as onBybit from "./bybit/testing.ts";
import { margin as deribit } from "./deribit/margin.ts";
import * as onDeribit from "./deribit/testing.ts";
import { margin as hyperliquid } from "./hyperliquid/margin.ts";
import * as onHyperliquid from "./hyperliquid/testing.ts";
import { margin as okx } from "./okx/margin.ts";
import * as onOkx from "./okx/testing.ts";

/** Entries of all that an account could reduce. */
function entriesOf<H, T>(engine: MarginEngine<H, T, never>, body: H, scene: Scene<T>): readonly string[] {
  const levers = engine.accounts(body).flatMap((account) => engine.levers!(body, account, scene));
  return levers.filter(({ use }) => use === "reduce").map(({ entry }) => (entry === undefined ? "none" : text(entry)));
}
const bybitTerms = onBybit.termsOf({ contracts: { BTCUSDT: onBybit.linear() } });
const okxTerms = onOkx.termsOf({ contracts: { "BTC-USDT-SWAP": onOkx.linear() } });
const index = { "btc_usd:index": "50000", "BTC-PERPETUAL:basis": "1" };

// oxfmt-ignore
test.each([
  ["binance", () => entriesOf(binance, onBinance.bodyOf("10000", [onBinance.position("BTCUSDT", "0.1", "48000.5")]), onBinance.sceneOf({ BTCUSDT: "50000" })), ["48000.5"]],
  ["bybit",   () => entriesOf(bybit, onBybit.bodyOf({ USDT: "10000" }, [onBybit.position("BTCUSDT", "0.1", "48000.5")]), onBybit.sceneOf({ BTCUSDT: "50000", USDT: "1" }, bybitTerms)), ["48000.5"]],
  ["okx",     () => entriesOf(okx, onOkx.bodyOf({ USDT: "10000" }, [onOkx.contract("BTC-USDT-SWAP", "1", "48000.5")]), onOkx.sceneOf({ "BTC-USDT-SWAP": "50000", USDT: "1" }, okxTerms)), ["48000.5"]],
  ["deribit", () => entriesOf(deribit, onDeribit.bodyOf({ BTC: "0.2" }, [onDeribit.position("BTC-PERPETUAL", "1000", "48000.5")]), onDeribit.sceneOf(index)), ["48000.5"]],
  // the cash leg holds what was paid: no entry is read there
  ["hyperliquid", () => entriesOf(hyperliquid, onHyperliquid.bodyOf("5000", [onHyperliquid.position("BTC", "0.1")]), onHyperliquid.sceneOf({ BTC: "50000" }, onHyperliquid.IN_2023)), ["none"]],
])("%s: a reduction knows at what price its position was opened, where the venue says it", (_venue, read, entries) => {
  expect(read().map((entry) => entry.replace(/0+$/, ""))).toEqual(entries);
});
