import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, accessOf } from "@plimsoll/venues/wire";
import { hyperliquidActor } from "./act.ts";
import { hyperliquidClient } from "./client.ts";
import { hyperliquidFeed } from "./feed.ts";
import { askPermission, keys } from "./key-permission.ts";
import { margin } from "./margin.ts";
import { HYPERLIQUID, RULES } from "./names.ts";
import { DOCUMENT_OF_2023, PRESENT_DOCUMENT } from "./read-documents.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import { Written, readWritten } from "./written.ts";

export { hyperliquidActor } from "./act.ts";
export { hyperliquidClient } from "./client.ts";
export { hyperliquidFeed } from "./feed.ts";
export type { Body } from "./holding.ts";
export { liquidationPrice, printedPrice } from "./liquidation-price.ts";
export { markKey, oracleKey } from "./names.ts";
export { parityOf } from "./parity.ts";
export { type RawAccount, type ReadAccount, readAccount } from "./read-account.ts";
export { type MetaTerms, readMeta } from "./read-meta.ts";
export type { HyperliquidTerms } from "./terms.ts";

const body = readTerms(PRESENT_DOCUMENT.body);
invariant(body.ok, "the shipped terms of hyperliquid are readable");

/** Hyperliquid perpetuals: cross and isolated, each dex a pool of its own. Accounts are read by address. */
export const hyperliquid: VenueModule = {
  id: HYPERLIQUID,
  rules: RULES,
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: [PRESENT_DOCUMENT, DOCUMENT_OF_2023],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, PRESENT_DOCUMENT, body.value),
  keys,
  exchange: accessOf({
    readBy: "address",
    client: hyperliquidClient,
    permission: askPermission,
    feed: hyperliquidFeed,
    actor: hyperliquidActor,
  }),
};
