import type { Quote, Scene } from "@plimsoll/core/margin";
import { type QuoteKey, ZERO, dec, invariant, ms, quoteKey, venueId } from "@plimsoll/core/units";
import { readTerms } from "@plimsoll/venues/binance";
import type { BinanceTerms, Body } from "@plimsoll/venues/binance/margin";
import { termsDocument } from "@plimsoll/venues/wire";
import shipped from "./terms/2021-07-27.json" with { type: "json" };

export const NOW = ms(Date.UTC(2026, 10, 22));
export const DOCUMENT = termsDocument(shipped);
const read = readTerms(shipped.body);
invariant(read.ok, "the shipped terms are readable");
export const SHIPPED: BinanceTerms = read.value;

type Position = Body["positions"][number];
type Tier = BinanceTerms["symbols"][string]["tiers"][number];

const tier = (floor: string, cap: string, rate: string, amount: string, maxLeverage: string): Tier => ({
  floor: dec(floor),
  cap: dec(cap),
  rate: dec(rate),
  amount: dec(amount),
  maxLeverage: dec(maxLeverage),
});
/** The tiers of the worked example, in coins: 0.4 %, 0.5 % from 5, 1 % from 10, 2.5 % from 20. */
export const T: readonly Tier[] = [
  tier("0", "5", "0.004", "0", "125"),
  tier("5", "10", "0.005", "0.005", "100"),
  tier("10", "20", "0.01", "0.055", "50"),
  tier("20", "100000", "0.025", "0.355", "1"),
];
export const FLAT: readonly Tier[] = [tier("0", "100000", "0.004", "0", "1")];

const contract = (asset: string, contractSize: string, tiers: readonly Tier[]) => ({
  ...SHIPPED.symbols["BTCUSD_PERP"]!,
  asset,
  contractSize: dec(contractSize),
  tiers,
});
/** A bitcoin perpetual and a quarterly, an ether perpetual, all with one table. */
export const withTiers = (tiers: readonly Tier[]): BinanceTerms => ({
  symbols: {
    BTCUSD_PERP: contract("BTC", "100", tiers),
    BTCUSD_261225: contract("BTC", "100", tiers),
    ETHUSD_PERP: contract("ETH", "10", tiers),
  },
});

export function sceneOf(marks: Readonly<Record<string, string>>, terms: BinanceTerms = SHIPPED): Scene<BinanceTerms> {
  const quotes = new Map<QuoteKey, Quote>(
    Object.entries(marks).map(([symbol, price]) => [
      quoteKey(`binance-coinm:${symbol}:mark`),
      { value: dec(price), kind: "mark", asOf: NOW },
    ]),
  );
  return { now: NOW, quotes, terms: { ...DOCUMENT, body: terms } };
}

/** "BTCUSD_PERP", "1000" contracts long or "-1000" short, at an entry; isolated when a wallet is given. */
export const position = (
  symbol: string,
  size: string,
  entry: string,
  more: { readonly side?: Position["positionSide"]; readonly wallet?: string; readonly leverage?: string } = {},
): Position => ({
  symbol,
  positionSide: more.side ?? "BOTH",
  asset: symbol.slice(0, 3),
  size: dec(size),
  entry: dec(entry),
  margin: more.wallet === undefined ? { mode: "cross" } : { mode: "isolated", wallet: dec(more.wallet) },
  leverage: dec(more.leverage ?? "20"),
});

/** Cross wallets by coin. */
export function bodyOf(
  wallets: Readonly<Record<string, string>>,
  positions: readonly Position[],
  more: Partial<Body> = {},
): Body {
  const hedged = positions.some(({ positionSide }) => positionSide !== "BOTH");
  return {
    mode: hedged ? "hedge" : "one-way",
    wallets: Object.entries(wallets).map(([asset, cross]) => ({ asset, cross: dec(cross), orderMargin: ZERO })),
    positions,
    orders: [],
    funding: [],
    ...more,
  };
}

export const BINANCE_COINM = venueId("binance-coinm");
