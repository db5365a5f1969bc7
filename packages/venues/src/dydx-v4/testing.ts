import type { Quote, Scene, Terms } from "@plimsoll/core/margin";
import { type QuoteKey, canonical, dec, hash, invariant, ms } from "@plimsoll/core/units";
import type { Body, Position } from "./holding.ts";
import { DYDX, RULES, oracleKey } from "./names.ts";
import { readTerms } from "./read-terms.ts";
import type { DydxTerms, MarketTerms } from "./terms.ts";
import shipped from "./terms/2025-12-08.json" with { type: "json" };

export const NOW = ms(Date.UTC(2026, 10, 22));
const read = readTerms(shipped.body);
invariant(read.ok, `the shipped terms are readable: ${canonical(read)}`);
export const MAINNET: DydxTerms = read.value;

const market = (atomicResolution: number): MarketTerms => ({
  atomicResolution,
  stepBaseQuantums: 10n,
  initialMarginPpm: 200_000n,
  maintenanceFractionPpm: 500_000n,
  openInterestLowerCap: 0n,
  openInterestUpperCap: 0n,
  isolated: false,
});
/** The markets of the protocol's own tests: 20 % initial, 10 % maintenance; spread 10 % of maintenance. */
export const PROTOCOL_TESTS: DydxTerms = {
  markets: { "BTC-USD": market(-8), "ETH-USD": market(-9) },
  liquidations: { ...MAINNET.liquidations, maxFeePpm: 5_000n, spreadToMaintenancePpm: 100_000n },
};

export const frame = (body: unknown): Terms<unknown> => ({
  venue: DYDX,
  rules: RULES,
  validFrom: NOW,
  hash: hash("0".repeat(64)),
  source: "test",
  body,
});

export function sceneOf(oracles: Readonly<Record<string, string>>, terms: DydxTerms = MAINNET): Scene<DydxTerms> {
  const quotes = new Map<QuoteKey, Quote>(
    Object.entries(oracles).map(([ticker, price]) => [
      oracleKey(ticker),
      { value: dec(price), kind: "oracle", asOf: NOW },
    ]),
  );
  return { now: NOW, quotes, terms: { ...frame(terms), body: terms } };
}

/** One subaccount: USDC in whole dollars, sizes in base quantums, all funding settled. */
export function bodyOf(dollars: bigint, sizes: Readonly<Record<string, bigint>>, more: Partial<Position> = {}): Body {
  const positions = Object.entries(sizes).map(([ticker, size]): Position => ({
    ticker,
    size,
    fundingIndex: 0n,
    ...more,
  }));
  const markets = Object.keys(sizes).map((ticker) => ({ ticker, fundingIndex: 0n, openInterest: 0n }));
  return { subaccounts: [{ number: 0, quote: dollars * 1_000_000n, positions }], markets };
}
