import type { Market, Quote, Scene, Terms } from "@plimsoll/core/margin";
import { type QuoteKey, ZERO, accountKey, dec, hash, invariant, ms, venueId } from "@plimsoll/core/units";
import type { Body, Position, PositionSide } from "./holding.ts";
import { markKey } from "./position.ts";
import { readTerms } from "./read-terms.ts";
import type { BinanceTerms, Tier } from "./terms.ts";
import shipped from "./terms/2026-05-01.json" with { type: "json" };

export const NOW = ms(Date.UTC(2026, 10, 22));

const document = readTerms(shipped.body);
invariant(document.ok, "the shipped terms are readable");
/** Tables of the 2026-05 snapshot. */
export const SNAPSHOT: BinanceTerms = document.value;

export const tier = (floor: string, cap: string, rate: string, amount: string, maxLeverage: string): Tier => ({
  floor: dec(floor),
  cap: dec(cap),
  rate: dec(rate),
  amount: dec(amount),
  maxLeverage: dec(maxLeverage),
});

/** The three tiers of the worked examples: 0.4 %, 0.5 % from 300,000, 0.65 % from 800,000. */
export const T: readonly Tier[] = [
  tier("0", "300000", "0.004", "0", "125"),
  tier("300000", "800000", "0.005", "300", "100"),
  tier("800000", "1000000000", "0.0065", "1500", "1"),
];

/** The shipped rules with other tables. */
export const withTiers = (tiers: readonly Tier[], symbols = ["BTCUSDT", "ETHUSDT"]): BinanceTerms => ({
  symbols: Object.fromEntries(symbols.map((symbol) => [symbol, { ...SNAPSHOT.symbols[symbol]!, tiers }])),
});

export function sceneOf(marks: Readonly<Record<string, string>>, terms: BinanceTerms = SNAPSHOT): Scene<BinanceTerms> {
  const quotes = new Map<QuoteKey, Quote>(
    Object.entries(marks).map(([symbol, price]) => [markKey(symbol), { value: dec(price), kind: "mark", asOf: NOW }]),
  );
  const frame: Omit<Terms<BinanceTerms>, "body"> = {
    venue: venueId("binance"),
    rules: "usdm-2025-09",
    validFrom: NOW,
    hash: hash("0".repeat(64)),
    source: "test",
  };
  return { now: NOW, quotes, terms: { ...frame, body: terms } };
}

/** "BTCUSDT", "5" long or "-5" short, at an entry; isolated when a wallet is given. */
export function position(
  symbol: string,
  size: string,
  entry: string,
  more: { readonly side?: PositionSide; readonly wallet?: string; readonly leverage?: string } = {},
): Position {
  return {
    symbol,
    positionSide: more.side ?? "BOTH",
    asset: "USDT",
    size: dec(size),
    entry: dec(entry),
    margin: more.wallet === undefined ? { mode: "cross" } : { mode: "isolated", wallet: dec(more.wallet) },
    leverage: dec(more.leverage ?? "20"),
  };
}

export function bodyOf(wallet: string, positions: readonly Position[], more: Partial<Body> = {}): Body {
  const hedged = positions.some(({ positionSide }) => positionSide !== "BOTH");
  const wallets = [{ asset: "USDT", cross: dec(wallet), orderMargin: ZERO }];
  return { mode: hedged ? "hedge" : "one-way", wallets, positions, orders: [], funding: [], ...more };
}

export const CROSS = accountKey("cross:USDT");
export const MARKS = { BTCUSDT: "100000", ETHUSDT: "4000" };
/** One coin bought at its mark, 20,000 behind it. */
export const LONG: Body = bodyOf("20000", [position("BTCUSDT", "1", "100000")]);

export const NO_MARKET: Market = { fill: () => ({ is: "unknown", why: { code: "test/no-book", facts: {} } }) };
/** A market that fills all at one price. */
export const at = (price: string): Market => ({
  fill: () => ({ is: "known", value: dec(price), from: "derived", asOf: NOW }),
});
