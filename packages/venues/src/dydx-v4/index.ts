import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, termsDocument } from "@plimsoll/venues/wire";
import { margin } from "./margin.ts";
import { DYDX, RULES } from "./names.ts";
import { readBody, readEffect } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import mainnet from "./terms/2025-12-08.json" with { type: "json" };
import { Written, readWritten } from "./written.ts";

export type { Body } from "./holding.ts";
export { liquidationPrice } from "./liquidation-price.ts";
export { oracleKey } from "./names.ts";
export type { DydxTerms } from "./terms.ts";

const shipped = termsDocument(mainnet);
const body = readTerms(shipped.body);
invariant(body.ok, "the shipped terms of dydx-v4 are readable");

/** dYdX v4 perpetuals, watched only: engine and written accounts; no feed yet. */
export const dydxV4: VenueModule = {
  id: DYDX,
  rules: [RULES],
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, shipped, body.value),
};
