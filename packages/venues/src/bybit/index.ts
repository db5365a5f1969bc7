import { bindEngine } from "@plimsoll/core/margin";
import { type VenueModule, accessOf, termsDocument } from "@plimsoll/venues/wire";
import { bybitActor } from "./act.ts";
import { bybitClient } from "./client.ts";
import { askDeadMan } from "./dead-man.ts";
import { bybitFeed } from "./feed.ts";
import { askKey, keys } from "./key-permission.ts";
import { margin } from "./margin.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import entry from "./terms/2022-12-29.json" with { type: "json" };
import mark from "./terms/2025-12-29.json" with { type: "json" };
import { BYBIT, ENTRY_RULES, MARK_RULES, Written, readWritten } from "./written.ts";

export { bybitActor } from "./act.ts";
export { bybitClient } from "./client.ts";
export { bybitFeed } from "./feed.ts";
export type { Body } from "./holding.ts";
export { type LiquidationPrices, liquidationPrice } from "./margin.ts";
export { parityOf } from "./parity.ts";
export { indexKey, markKey } from "./quotes.ts";
export { type RawAccount, type ReadAccount, readAccount } from "./read-account.ts";
export { type RawMarket, type MarketTerms, readMarket } from "./read-instruments.ts";
export { type BybitTerms, refuseShrunkTerms } from "./terms.ts";

const shipped = [termsDocument(mark), termsDocument(entry)];

/** Bybit unified trading account: linear and inverse contracts, cross and isolated margin, hedge mode. */
export const bybit: VenueModule = {
  id: BYBIT,
  rules: [MARK_RULES, ENTRY_RULES],
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: shipped,
  written: Written,
  readWritten: (account, id, at) => readWritten(account, id, at, shipped),
  keys,
  exchange: accessOf({
    readBy: "key",
    client: bybitClient,
    permission: askKey,
    deadMan: askDeadMan,
    feed: bybitFeed,
    actor: bybitActor,
  }),
};
