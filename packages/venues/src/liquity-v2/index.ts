import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, termsDocument, walletKeys } from "@plimsoll/venues/wire";
import { liquityAccess } from "./chain-access.ts";
import { liquityV2Margin } from "./margin.ts";
import { liquityV2Id, rulesBold } from "./names.ts";
import { readLiquityEffect } from "./read-effect.ts";
import { readLiquityBody } from "./read-holding.ts";
import { readLiquityTerms } from "./read-terms.ts";
import constants from "./terms/2025-05-19.json" with { type: "json" };
import { Written, readWritten } from "./written.ts";

export { liquityActor } from "./act.ts";
export type { LiquitySource } from "./discover.ts";
export { liquityFeed } from "./feed.ts";
export type { LiquityBody } from "./holding.ts";
export { oracleQuote, troveAccount } from "./names.ts";
export { readLiquityBody } from "./read-holding.ts";
export { readLiquityTerms } from "./read-terms.ts";
export type { LiquityTerms } from "./terms.ts";

const shipped = termsDocument(constants);
const body = readLiquityTerms(shipped.body);
invariant(body.ok, "the shipped terms of liquity-v2 are readable");

/** Liquity v2 troves on Ethereum. One trove through its branch's registry, or accounts written by hand. */
export const liquityV2: VenueModule = {
  id: liquityV2Id,
  rules: [rulesBold],
  engine: bindEngine(liquityV2Margin, readLiquityBody, readLiquityTerms, readLiquityEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, { ...shipped, body: body.value }),
  keys: walletKeys,
  chain: liquityAccess(body.value),
};
