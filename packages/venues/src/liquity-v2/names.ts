import { type AccountKey, type QuoteKey, accountKey, quoteKey, venueId } from "@plimsoll/core/units";

export const liquityV2Id = venueId("liquity-v2");
/** The contracts of the second deployment, whose parameters nobody can change. */
export const rulesBold = "bold";

/** What a branch's price feed answers, in dollars. */
export const oracleQuote = (branch: string): QuoteKey => quoteKey(`${liquityV2Id}:${branch}:oracle`);
/** One trove of a branch. */
export const troveAccount = (branch: string, trove: string): AccountKey =>
  accountKey(`${liquityV2Id}:${branch}:${trove}`);
