import type { Quote, Scene } from "@plimsoll/core/margin";
import { type QuoteKey, ZERO, dec, hash, ms, quoteKey } from "@plimsoll/core/units";
import type { Body, ContractPosition, MarginPosition, Position } from "./holding.ts";
import type { ContractTerms, OkxTerms, PairTerms, Tier } from "./terms.ts";
import { OKX, RULES } from "./written.ts";

export const NOW = ms(Date.UTC(2026, 10, 22));

export const tier = (floor: string, cap: string, mmr: string): Tier => ({
  floor: dec(floor),
  cap: dec(cap),
  mmr: dec(mmr),
});

/** A linear contract of one coin in USDT, or an inverse one of `size` USD, at 0.4 % and 0.05 %. */
export const linear = (change: Partial<ContractTerms> = {}): ContractTerms => ({
  type: "linear",
  settle: "USDT",
  quote: "USDT",
  size: dec("1"),
  tick: dec("0.1"),
  lot: dec("0.01"),
  takerFee: dec("0.0005"),
  tiers: [tier("0", "1000000", "0.004")],
  ...change,
});
export const inverse = (settle: string, size: string, change: Partial<ContractTerms> = {}): ContractTerms =>
  linear({ type: "inverse", settle, quote: "USD", size: dec(size), lot: dec("1"), ...change });
export const pairTerms = (base: string, quote: string, mmr: string, takerFee: string): PairTerms => ({
  base,
  quote,
  takerFee: dec(takerFee),
  tiers: [{ baseLoan: dec("1000000000"), quoteLoan: dec("1000000000"), mmr: dec(mmr) }],
});

/** The coins of the worked multi-currency example: USDT in full, BTC 98 % to 100,000 USD and 90 % above. */
export const COINS: OkxTerms["coins"] = {
  USDT: { discountBy: "usd", discounts: [{ rate: dec("1") }], borrow: [{ rate: dec("0.03") }] },
  BTC: {
    discountBy: "usd",
    discounts: [{ cap: dec("100000"), rate: dec("0.98") }, { rate: dec("0.9") }],
    borrow: [{ rate: dec("0.04") }],
  },
};
export const termsOf = (change: Partial<OkxTerms>): OkxTerms => ({ contracts: {}, pairs: {}, coins: COINS, ...change });

/** Prices by the middle of their key: "BTC-USDT-SWAP" is a mark, "BTC" (no dash) an index. */
export function sceneOf(prices: Readonly<Record<string, string>>, terms: OkxTerms): Scene<OkxTerms> {
  const quotes = new Map<QuoteKey, Quote>();
  for (const [name, price] of Object.entries(prices)) {
    const kind = name.includes("-") ? "mark" : "index";
    quotes.set(quoteKey(`okx:${name}:${kind}`), { value: dec(price), kind, asOf: NOW });
  }
  const frame = { venue: OKX, rules: RULES, validFrom: NOW, hash: hash("0".repeat(64)), source: "test" };
  return { now: NOW, quotes, terms: { ...frame, body: terms } };
}

interface More {
  readonly side?: ContractPosition["side"];
  readonly coin?: string;
  readonly isolated?: string;
  readonly leverage?: string;
}

/** "5" long or "-5" short contracts at an entry; isolated when a margin is given. */
export const contract = (instrument: string, contracts: string, entry: string, more: More = {}): ContractPosition => ({
  kind: "contract",
  instrument,
  side: more.side ?? "net",
  coin: more.coin ?? "USDT",
  contracts: dec(contracts),
  entry: dec(entry),
  margin: more.isolated === undefined ? { mode: "cross" } : { mode: "isolated", balance: dec(more.isolated) },
  leverage: dec(more.leverage ?? "10"),
});

/** [base, quote] held and owed. */
export const loan = (
  instrument: string,
  coin: string,
  held: readonly [string, string],
  owed: readonly [string, string],
  mode: "cross" | "isolated" = "isolated",
): MarginPosition => ({
  kind: "margin",
  instrument,
  coin,
  held: { base: dec(held[0]), quote: dec(held[1]) },
  owed: { base: dec(owed[0]), quote: dec(owed[1]) },
  margin: { mode },
});

export function bodyOf(
  balances: Readonly<Record<string, string>>,
  positions: readonly Position[],
  more: Partial<Body> = {},
): Body {
  const hedged = positions.some((each) => each.kind === "contract" && each.side !== "net");
  return {
    mode: "futures",
    positionMode: hedged ? "long-short" : "net",
    balances: Object.entries(balances).map(([coin, cash]) => ({ coin, cash: dec(cash), frozen: ZERO })),
    positions,
    orders: [],
    funding: [],
    interest: [],
    ...more,
  };
}
