import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, accessOf, termsDocument } from "@plimsoll/venues/wire";
import { binanceActor } from "./act.ts";
import { binanceClient } from "./client.ts";
import { binanceFeed } from "./feed.ts";
import { askKey, keys } from "./key-permission.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { margin } from "./margin.ts";
import { readTerms } from "./read-terms.ts";
import usdm from "./terms/2026-05-01.json" with { type: "json" };
import { BINANCE, RULES, Written, readWritten } from "./written.ts";

export { binanceActor } from "./act.ts";
export { binanceClient } from "./client.ts";
export { binanceFeed } from "./feed.ts";
export type { Body } from "./holding.ts";
export { askKey, keys } from "./key-permission.ts";
export { type LiquidationPrices, liquidationPrice } from "./liquidation-price.ts";
export { type BasisSample, basisWindowMs, markPrice, priceOne, priceTwo } from "./mark-price.ts";
export { markKey } from "./position.ts";
export { readEffect } from "./read-effect.ts";
export { type RawAccount, type ReadAccount, readAccount } from "./read-account.ts";
export { readBody } from "./read-holding.ts";
export { readBrackets } from "./read-rules.ts";
export { readTerms } from "./read-terms.ts";
export type { BinanceTerms, SymbolTerms, Tier } from "./terms.ts";
export { binanceReading } from "./reading.ts";
export type { System } from "./system.ts";
export type { Client } from "./transport.ts";
export { WrittenPortfolio, readWritten, writtenAt } from "./written.ts";

const shipped = termsDocument(usdm);
const body = readTerms(shipped.body);
invariant(body.ok, "the shipped terms of binance are readable");

/** Binance USD-M futures: one-way and hedge mode, cross and isolated, single-asset mode. */
export const binance: VenueModule = {
  id: BINANCE,
  rules: [RULES],
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, shipped, body.value),
  keys,
  exchange: accessOf({
    readBy: "key",
    client: binanceClient,
    permission: askKey,
    feed: binanceFeed,
    actor: binanceActor,
  }),
};
