import { type AccountKey, type QuoteKey, accountKey, quoteKey, venueId } from "@plimsoll/core/units";

export const morphoBlueId = venueId("morpho-blue");
/** Release 1.0.0 of the contract, which cannot be upgraded. */
export const rulesV1 = "v1";

/** The price that a market's oracle answers, loan tokens for one collateral token; markets that share an oracle share it. */
export const oracleQuote = (deployment: string, oracle: string): QuoteKey =>
  quoteKey(`${morphoBlueId}:${deployment}:${oracle}:oracle`);
/** One market position of an owner. */
export const morphoAccount = (deployment: string, owner: string, market: string): AccountKey =>
  accountKey(`${morphoBlueId}:${deployment}:${owner}:${market}`);
