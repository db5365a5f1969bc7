import type { Market, Quote, Scene, Terms } from "@plimsoll/core/margin";
import { type QuoteKey, canonical, dec, hash, invariant, known, ms, unknown, why } from "@plimsoll/core/units";
import type { Body, Position } from "./holding.ts";
import { HYPERLIQUID, RULES, dexOf, markKey, oracleKey } from "./names.ts";
import { readTerms } from "./read-terms.ts";
import type { HyperliquidTerms } from "./terms.ts";
import recorded from "./terms/2023-03-27.json" with { type: "json" };
import shipped from "./terms/2025-05-01.json" with { type: "json" };

export const NOW = ms(Date.UTC(2026, 10, 22));

export function termsFrom(body: unknown): HyperliquidTerms {
  const read = readTerms(body);
  invariant(read.ok, `terms are readable: ${canonical(read)}`);
  return read.value;
}
export const PRESENT = termsFrom(shipped.body);
export const IN_2023 = termsFrom(recorded.body);

/** The shipped document with two dexes of other builders: "km" without a backstop, its coin strictly isolated, and "vt". */
export const MANY_DEXES: unknown = {
  ...shipped.body,
  dexes: {
    ...shipped.body.dexes,
    km: { token: "USDH", backstop: false },
    vt: { token: "USDE", backstop: true },
  },
  coins: {
    ...shipped.body.coins,
    "km:US500": { table: "54", sizeDecimals: 3, margin: "strict" },
    "vt:ETH": { table: "55", sizeDecimals: 4 },
  },
};

export const frame = (body: unknown): Terms<unknown> => ({
  venue: HYPERLIQUID,
  rules: RULES[0],
  validFrom: NOW,
  hash: hash("0".repeat(64)),
  source: "test",
  body,
});

type Prices = Readonly<Record<string, string>>;

/** Marks by coin; the oracle price of each coin is its mark unless it is given. */
export function sceneOf(
  marks: Prices,
  terms: HyperliquidTerms = PRESENT,
  oracles: Prices = marks,
): Scene<HyperliquidTerms> {
  const quote = (price: string, kind: Quote["kind"]): Quote => ({ value: dec(price), kind, asOf: NOW });
  const quotes = new Map<QuoteKey, Quote>([
    ...Object.entries(marks).map(([coin, price]) => [markKey(coin), quote(price, "mark")] as const),
    ...Object.entries(oracles).map(([coin, price]) => [oracleKey(coin), quote(price, "oracle")] as const),
  ]);
  return { now: NOW, quotes, terms: { ...frame(terms), body: terms } };
}

/** "BTC", "5" long or "-5" short; isolated when a cash leg is given. */
export const position = (coin: string, size: string, more: { cash?: string; leverage?: string } = {}): Position => ({
  coin,
  size: dec(size),
  margin: more.cash === undefined ? { mode: "cross" } : { mode: "isolated", cash: dec(more.cash) },
  leverage: dec(more.leverage ?? "10"),
});

const TOKENS: Readonly<Record<string, string>> = { "": "USDC", km: "USDH", vt: "USDE" };

/** Cash leg of the first dex's pool, and of others where they are given; a pool for each dex that is held. */
export function bodyOf(
  cash: string,
  positions: readonly Position[],
  more: Partial<Body> & { cashOf?: Prices } = {},
): Body {
  const { cashOf = {}, ...rest } = more;
  const dexes = [...new Set(["", ...Object.keys(cashOf), ...positions.map(({ coin }) => dexOf(coin))])];
  const pools = dexes.map((dex) => ({
    dex,
    token: TOKENS[dex] ?? "",
    cash: dec(dex === "" ? cash : (cashOf[dex] ?? "0")),
  }));
  return { pools, positions, orders: [], funding: [], ...rest };
}

/** A market that fills everything at these prices, and knows no other. */
export const marketAt = (prices: Prices): Market => ({
  fill: (coin) => {
    const price = prices[coin];
    return price === undefined ? unknown(why("no-book")) : known(dec(price), NOW);
  },
});
