import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, termsDocument, walletKeys } from "@plimsoll/venues/wire";
import { skyAccess } from "./chain-access.ts";
import { skyMargin } from "./margin.ts";
import { rulesDss, skyId } from "./names.ts";
import { readSkyEffect } from "./read-effect.ts";
import { readSkyBody } from "./read-holding.ts";
import { readSkyTerms } from "./read-terms.ts";
import present from "./terms/2025-10-30.json" with { type: "json" };
import { Written, readWritten } from "./written.ts";

export { skyActor } from "./act.ts";
export type { SkySource } from "./discover.ts";
export { skyFeed } from "./feed.ts";
export type { SkyBody } from "./holding.ts";
export { currentQuote, nextQuote, skyAccount } from "./names.ts";
export { readSkyBody } from "./read-holding.ts";
export { readSkyTerms } from "./read-terms.ts";
export type { SkyTerms } from "./terms.ts";

const shipped = termsDocument(present);
const body = readSkyTerms(shipped.body);
invariant(body.ok, "the shipped terms of sky are readable");

/** Sky (Maker) vaults on Ethereum. One vault by its address, or accounts written by hand. */
export const sky: VenueModule = {
  id: skyId,
  rules: [rulesDss],
  engine: bindEngine(skyMargin, readSkyBody, readSkyTerms, readSkyEffect),
  terms: [shipped],
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, { ...shipped, body: body.value }),
  keys: walletKeys,
  chain: skyAccess,
};
