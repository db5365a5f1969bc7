import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, accessOf, termsDocument } from "@plimsoll/venues/wire";
import { dydxClient } from "./client.ts";
import { dydxFeed } from "./feed.ts";
import { noKey } from "./reading.ts";
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

/** dYdX v4 perpetuals, watched only: an address is read from the indexer, nothing is sent. */
export const dydxV4: VenueModule = {
  id: DYDX,
  rules: [RULES],
  engine: bindEngine(margin, readBody, readTerms, readEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, shipped, body.value),
  exchange: accessOf({
    readBy: "address",
    client: dydxClient,
    permission: async () => noKey,
    feed: (client, settings) => dydxFeed(client, settings, body.value.liquidations),
  }),
};
