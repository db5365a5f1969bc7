import type { Terms } from "@plimsoll/core/book";
import { bindEngine } from "@plimsoll/core/margin";
import { invariant } from "@plimsoll/core/units";
import { type VenueModule, termsDocument, walletKeys } from "@plimsoll/venues/wire";
import { cometAccess } from "./chain-access.ts";
import { compoundV3Margin } from "./margin.ts";
import { compoundV3Id, rulesWhole } from "./names.ts";
import { readCometEffect } from "./read-effect.ts";
import { readCometBody } from "./read-holding.ts";
import { readCometTerms } from "./read-terms.ts";
import type { CometTerms } from "./terms.ts";
import usdc from "./terms/2022-08-26-ethereum-usdc.json" with { type: "json" };
import weth from "./terms/2023-08-04-ethereum-weth.json" with { type: "json" };
import { Written, readWritten } from "./written.ts";

export { cometActor } from "./act.ts";
export type { CometSource } from "./discover.ts";
export { cometFeed } from "./feed.ts";
export type { CometBody } from "./holding.ts";
export { cometAccount, oracleQuote } from "./names.ts";
export { readCometBody } from "./read-holding.ts";
export { readCometTerms } from "./read-terms.ts";
export { isForSale, quoteCollateral, reservesOf, storefrontDiscount } from "./storefront.ts";
export type { CometTerms } from "./terms.ts";

const shipped = [weth, usdc].map((raw): Terms<CometTerms> => {
  const document = termsDocument(raw);
  const body = readCometTerms(document.body);
  invariant(body.ok, "the shipped terms of compound-v3 are readable");
  return { ...document, body: body.value };
});

/** Compound v3: any market of any chain; the shipped terms serve accounts written by hand. */
export const compoundV3: VenueModule = {
  id: compoundV3Id,
  rules: [rulesWhole],
  engine: bindEngine(compoundV3Margin, readCometBody, readCometTerms, readCometEffect),
  terms: shipped,
  written: Written,
  readWritten: (entry, id, at) => readWritten(entry, id, at, shipped),
  keys: walletKeys,
  chain: cometAccess,
};
