import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, termsDocument } from "@plimsoll/venues/wire";
import { keys } from "./key-permission.ts";
import { margin } from "./margin.ts";
import { HYPERLIQUID, RULES } from "./names.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import recorded from "./terms/2023-03-27.json" with { type: "json" };
import present from "./terms/2025-05-01.json" with { type: "json" };
import { Written, readWritten } from "./written.ts";

export type { Body } from "./holding.ts";
export { liquidationPrice, printedPrice } from "./liquidation-price.ts";
export { markKey, oracleKey } from "./names.ts";
export { parityOf } from "./parity.ts";
export { type RawAccount, type ReadAccount, readAccount } from "./read-account.ts";
export { type MetaTerms, readMeta } from "./read-meta.ts";
export type { HyperliquidTerms } from "./terms.ts";

const shipped = [present, recorded].map(termsDocument);
const newest = shipped[0];
const body = newest === undefined ? undefined : readTerms(newest.body);
invariant(newest !== undefined && body?.ok === true, "the shipped terms of hyperliquid are readable");

/** Hyperliquid perpetuals: cross and isolated, each dex a pool of its own. Engine and written accounts; no feed yet. */
export const hyperliquid: VenueModule = {
  id: HYPERLIQUID,
  rules: RULES,
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: shipped,
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, newest, body.value),
  keys,
};
