import type { VenueEffect } from "@plimsoll/core/book";
import { bindEngine } from "@plimsoll/core/margin";
import { fail, why } from "@plimsoll/core/units";
import { type VenueModule, termsDocument } from "@plimsoll/venues/wire";
import { keys } from "./key-permission.ts";
import { margin } from "./margin.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import document from "./terms/2026-08-12.json" with { type: "json" };
import { OKX, RULES, Written, readWritten } from "./written.ts";

export type { Body } from "./holding.ts";
export { type LiquidationPrices, agreesWithin, liquidationPrice } from "./liquidation-price.ts";
export { indexKey, markKey } from "./quotes.ts";
export type { OkxTerms } from "./terms.ts";

const shipped = termsDocument(document);

const refuseEffect = ({ was }: VenueEffect) =>
  fail(why("okx/no-such-effect", { effect: was, next: "read the account again" }));

/** OKX trading account: futures (single-currency) mode and multi-currency margin, contracts and spot margin. */
export const okx: VenueModule = {
  id: OKX,
  rules: [RULES],
  engine: bindEngine(margin, readBody, readTerms, refuseEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, shipped),
  keys,
};
