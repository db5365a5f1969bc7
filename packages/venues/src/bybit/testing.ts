import type { Quote, Scene } from "@plimsoll/core/margin";
import { type QuoteKey, ZERO, dec, hash, ms, quoteKey } from "@plimsoll/core/units";
import type { Body, Position } from "./holding.ts";
import type { BybitTerms, ContractTerms, Tier } from "./terms.ts";
import { BYBIT, MARK_RULES } from "./written.ts";

export const NOW = ms(Date.UTC(2026, 10, 22));

export const tier = (floor: string, cap: string, mmr: string, deduction: string): Tier => ({
  floor: dec(floor),
  cap: dec(cap),
  mmr: dec(mmr),
  deduction: dec(deduction),
});

/** A linear contract of one coin in USDT at 0.5 % and a taker fee of 0.055 %. */
export const linear = (change: Partial<ContractTerms> = {}): ContractTerms => ({
  type: "linear",
  settle: "USDT",
  quote: "USDT",
  tick: dec("0.0001"),
  step: dec("0.001"),
  takerFee: dec("0.00055"),
  tiers: [tier("0", "2000000", "0.005", "0")],
  complete: true,
  ...change,
});
export const inverse = (settle: string, change: Partial<ContractTerms> = {}): ContractTerms =>
  linear({ type: "inverse", settle, quote: "USD", step: dec("1"), tiers: [tier("0", "150", "0.005", "0")], ...change });

/** USDT in full, BTC band by band as in the venue's own example; debts require 4 %. */
export const COINS: BybitTerms["coins"] = {
  USDT: { ratios: [{ rate: dec("1") }], borrow: [{ rate: dec("0.04") }] },
  BTC: {
    ratios: [
      { cap: dec("10"), rate: dec("0.98") },
      { cap: dec("20"), rate: dec("0.95") },
      { cap: dec("30"), rate: dec("0.9") },
      { cap: dec("40"), rate: dec("0.85") },
      { cap: dec("50"), rate: dec("0.8") },
      { rate: dec("0") },
    ],
    borrow: [{ rate: dec("0.04") }],
  },
};
export const termsOf = (change: Partial<BybitTerms>): BybitTerms => ({
  valuation: "mark",
  contracts: {},
  coins: COINS,
  ...change,
});

/** Prices by the middle of their key: a name as long as "BTCUSDT" is a mark, a coin an index. */
export function sceneOf(prices: Readonly<Record<string, string>>, terms: BybitTerms): Scene<BybitTerms> {
  const quotes = new Map<QuoteKey, Quote>();
  for (const [name, price] of Object.entries(prices)) {
    const kind = name.length > 4 ? "mark" : "index";
    quotes.set(quoteKey(`bybit:${name}:${kind}`), { value: dec(price), kind, asOf: NOW });
  }
  const frame = { venue: BYBIT, rules: MARK_RULES, validFrom: NOW, hash: hash("0".repeat(64)), source: "test" };
  return { now: NOW, quotes, terms: { ...frame, body: terms } };
}

interface More {
  readonly side?: Position["side"];
  readonly coin?: string;
  readonly leverage?: string;
  readonly posted?: string;
}

/** "5" long or "-5" short at an entry; isolated when a posted margin is given. */
export const position = (symbol: string, size: string, entry: string, more: More = {}): Position => ({
  symbol,
  side: more.side ?? "one-way",
  coin: more.coin ?? "USDT",
  size: dec(size),
  entry: dec(entry),
  leverage: dec(more.leverage ?? "10"),
  ...(more.posted !== undefined && { posted: dec(more.posted) }),
});

/** In isolated margin when the positions have posted margin, otherwise cross. */
export const bodyOf = (
  balances: Readonly<Record<string, string>>,
  positions: readonly Position[],
  more: Partial<Body> = {},
): Body => ({
  mode: positions.some(({ posted }) => posted !== undefined) ? "isolated" : "cross",
  balances: Object.entries(balances).map(([coin, cash]) => ({
    coin,
    cash: dec(cash),
    orderMargin: ZERO,
    collateral: true,
  })),
  orderLoss: ZERO,
  positions,
  orders: [],
  funding: [],
  ...more,
});
