import type { Quote, Scene, Terms } from "@plimsoll/core/margin";
import { type QuoteKey, ZERO, dec, hash, invariant, ms, quoteKey, venueId } from "@plimsoll/core/units";
import type { Body, MarginModel, Position } from "./holding.ts";
import { readTerms } from "./read-terms.ts";
import type { DeribitTerms, MatrixRules, PairRules } from "./terms.ts";
import shipped from "./terms/2026-05-01.json" with { type: "json" };

// 36.5 days before 2026-12-25 08:00 UTC, so that an option of that day has a tenth of a year left
export const NOW = ms(Date.UTC(2026, 10, 18, 20));
export const EXPIRY = "25DEC26";

const document = readTerms(shipped.body);
invariant(document.ok, "the shipped terms are readable");
export const SHIPPED: DeribitTerms = document.value;

/** The shipped rules with one pair's rules or a general rule changed. */
export const termsWith = (pair: Partial<PairRules>, more: Partial<DeribitTerms> = {}): DeribitTerms => ({
  ...SHIPPED,
  ...more,
  pairs: { ...SHIPPED.pairs, btc_usd: { ...SHIPPED.pairs["btc_usd"], ...pair } },
});
export const withMatrix = (change: Partial<MatrixRules>): DeribitTerms =>
  termsWith({ matrix: { ...SHIPPED.pairs["btc_usd"]!.matrix!, ...change } });

/** A scene from texts: "btc_usd:index", "BTC-PERPETUAL:basis", "BTC-25DEC26-120000-C:iv". */
export function sceneOf(quotes: Readonly<Record<string, string>>, terms: DeribitTerms = SHIPPED): Scene<DeribitTerms> {
  const read = Object.entries(quotes).map(([name, value]): [QuoteKey, Quote] => [
    quoteKey(`deribit:${name}`),
    { value: dec(value), kind: /:(index|delivery)$/.test(name) ? "index" : "mark", asOf: NOW },
  ]);
  const frame: Omit<Terms<DeribitTerms>, "body"> = {
    venue: venueId("deribit"),
    rules: "deribit-2022-01",
    validFrom: NOW,
    hash: hash("0".repeat(64)),
    source: "test",
  };
  return { now: NOW, quotes: new Map(read), terms: { ...frame, body: terms } };
}

export const position = (instrument: string, size: string, entry: string): Position => ({
  instrument,
  size: dec(size),
  entry: dec(entry),
});

/** Wallets by currency, all of one model. */
export const bodyOf = (
  wallets: Readonly<Record<string, string>>,
  positions: readonly Position[],
  model: MarginModel = "segregated_sm",
): Body => ({
  wallets: Object.entries(wallets).map(([currency, balance]) => ({
    currency,
    model,
    balance: dec(balance),
    orderMargin: ZERO,
  })),
  positions,
  orders: [],
  funding: [],
});
