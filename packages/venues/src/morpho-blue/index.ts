import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, termsDocument, walletKeys } from "@plimsoll/venues/wire";
import { morphoAccess } from "./chain-access.ts";
import { morphoBlueMargin } from "./margin.ts";
import { morphoBlueId, rulesV1 } from "./names.ts";
import { readMorphoEffect } from "./read-effect.ts";
import { readMorphoBody } from "./read-holding.ts";
import { readMorphoTerms } from "./read-terms.ts";
import ethereum from "./terms/2024-01-31.json" with { type: "json" };
import { Written, readWritten } from "./written.ts";

export { morphoActor } from "./act.ts";
export type { MorphoSource } from "./discover.ts";
export { morphoFeed } from "./feed.ts";
export type { MorphoBody } from "./holding.ts";
export { morphoAccount, oracleQuote } from "./names.ts";
export { readMorphoBody } from "./read-holding.ts";
export { readMorphoTerms } from "./read-terms.ts";
export type { MorphoTerms } from "./terms.ts";

const shipped = termsDocument(ethereum);
const body = readMorphoTerms(shipped.body);
invariant(body.ok, "the shipped terms of morpho-blue are readable");

/** Morpho Blue, the contract that cannot be upgraded: isolated markets, each position an account. */
export const morphoBlue: VenueModule = {
  id: morphoBlueId,
  rules: [rulesV1],
  engine: bindEngine(morphoBlueMargin, readMorphoBody, readMorphoTerms, readMorphoEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, { ...shipped, body: body.value }),
  keys: walletKeys,
  chain: morphoAccess,
};
