import { type Exact, type QuoteKey, dec } from "@plimsoll/core/units";

/**
 * Prices that move together, and how far they move against a major: data, first match wins.
 * Multipliers 1, 1.5 and 2: ETH moved about 1.6 times as far as BTC, SOL up to 1.6 times as far as ETH's worst hour in 1-minute
 * to 24-hour windows of 2017 to 2025. A pegged coin is watched from 12.5 %: USDC's fall in March 2023, against 30 % of a major.
 */
export interface Family {
  readonly name: string;
  readonly matches: RegExp;
  readonly multiplier: number;
}
export const families: readonly Family[] = [
  { name: "usd", matches: /^(?:s|a|f)?(?:USD[A-Z0-9]*|[A-Z]{1,4}USD|DAI|GHO|FRAX)$/i, multiplier: 12.5 / 30 },
  { name: "btc", matches: /^(?:.{0,4}BTC.?|XBT)$/i, multiplier: 1 },
  { name: "eth", matches: /^.{0,4}ETH.?$/i, multiplier: 1.5 },
];
const otherVolatile = (symbol: string): Family => ({ name: symbol, matches: /^/, multiplier: 2 });

/** What venues write behind a coin: an expiry and all after it, the kind of contract, the unit of the price. */
const tails = [
  /[-_]?\d{1,2}[A-Z]{3}\d{2}.*$|[-_]\d{6,8}.*$/i,
  /[-_/]?(?:PERPETUAL|PERP|SWAP)$/i,
  /[-_/]?(?:USDT|USDC|FDUSD|BUSD|USD)$/i,
];

/** What venues write behind a coin whose price in dollars never ends: a perpetual, or its index. */
const endless = /[-_/]?(?:PERPETUAL|PERP|SWAP)$/i;
const dollars = /[-_/]?(?:USDT|USDC|FDUSD|BUSD|USD)$/i;

/**
 * The coin that a quote prices in dollars: "BTC" of "binance:BTCUSDT:mark", "okx:BTC-USDT-SWAP:mark" and "hyperliquid:BTC:mark".
 * Undefined for futures and options with an end, for oracles and for what is no price: nothing can be said of them by another's.
 */
export function coinOf(quote: QuoteKey): string | undefined {
  const [symbol = "", kind] = quote.split(":").slice(-2);
  if (kind !== "mark" && kind !== "index") return undefined;
  const coin = symbol.replace(endless, "").replace(dollars, "");
  return /^[A-Z0-9]+$/i.test(coin) && !/\d{6,}$/.test(coin) ? coin.toUpperCase() : undefined;
}

/** The family of a quote's symbol, the last part but one: "binance:BTCUSDT:mark" is BTC priced in a dollar coin. */
export function familyOf(quote: QuoteKey): Family {
  const symbol = quote.split(":").at(-2) ?? quote;
  const base = tails.reduce((name, tail) => name.replace(tail, "") || name, symbol);
  return families.find(({ matches }) => matches.test(base)) ?? otherVolatile(base);
}

/** At or under which distance (share of the price) a major's account gets a word; other families multiply. */
export const byDistance = { watch: 0.3, act: 0.15, danger: 0.1 } as const;

/** Under which health a loop of one family gets a word: its distance in each price alone says nothing. 1.03 is one oracle step. */
export const byHealth: Readonly<Record<"watch" | "act" | "danger", Exact>> = {
  watch: dec("1.06"),
  act: dec("1.045"),
  danger: dec("1.03"),
};

/** From which probability of liquidation within 24 hours, and within one, an account gets a word. */
export const byProbability = { watch: 0.01, act: 0.05, danger: 0.2, dangerWithinHour: 0.05 } as const;
