import { bindEngine } from "@plimsoll/core/margin";
import { type VenueModule, accessOf, termsDocument } from "@plimsoll/venues/wire";
import { okxActor } from "./act.ts";
import { okxClient } from "./client.ts";
import { okxFeed } from "./feed.ts";
import { askKey, keys } from "./key-permission.ts";
import { margin } from "./margin.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import document from "./terms/2026-08-12.json" with { type: "json" };
import { OKX, RULES, Written, readWritten } from "./written.ts";

export { okxActor } from "./act.ts";
export { okxClient } from "./client.ts";
export { okxFeed } from "./feed.ts";
export type { Body } from "./holding.ts";
export { type LiquidationPrices, agreesWithin, liquidationPrice } from "./liquidation-price.ts";
export { indexKey, markKey } from "./quotes.ts";
export type { OkxTerms } from "./terms.ts";

const shipped = termsDocument(document);

/** OKX trading account: futures (single-currency) mode and multi-currency margin, contracts and spot margin. */
export const okx: VenueModule = {
  id: OKX,
  rules: [RULES],
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, shipped),
  keys,
  exchange: accessOf({ readBy: "key", client: okxClient, permission: askKey, feed: okxFeed, actor: okxActor }),
};
