import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, termsDocument, walletKeys } from "@plimsoll/venues/wire";
import { aaveAccess } from "./chain-access.ts";
import { aaveV3Margin } from "./margin.ts";
import { aaveV3Id } from "./names.ts";
import { readAaveEffect } from "./read-effect.ts";
import { readAaveBody } from "./read-holding.ts";
import { readAaveTerms } from "./read-terms.ts";
import ethereum from "./terms/2023-10-31.json" with { type: "json" };
import { allRules } from "./terms.ts";
import { Written, readWritten } from "./written.ts";

export { aaveActor } from "./act.ts";
export type { AaveSource } from "./discover.ts";
export { aaveFeed } from "./feed.ts";
export type { AaveBody } from "./holding.ts";
export { marketOf } from "./markets.ts";
export { aaveAccount, oracleQuote } from "./names.ts";
export { withPendingChanges } from "./pending-feed.ts";
export { readAaveBody } from "./read-holding.ts";
export { readAaveTerms } from "./read-terms.ts";
export type { AaveTerms } from "./terms.ts";

const shipped = termsDocument(ethereum);
const body = readAaveTerms(shipped.body);
invariant(body.ok, "the shipped terms of aave-v3 are readable");

/** Aave v3, releases 3.7, 3.6 and 3.0: any market on any chain; the shipped terms serve accounts written by hand. */
export const aaveV3: VenueModule = {
  id: aaveV3Id,
  rules: allRules,
  engine: bindEngine(aaveV3Margin, readAaveBody, readAaveTerms, readAaveEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, { ...shipped, body: body.value }),
  keys: walletKeys,
  chain: aaveAccess,
};
