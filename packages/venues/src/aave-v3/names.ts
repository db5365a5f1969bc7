import { type AccountKey, type QuoteKey, accountKey, quoteKey, venueId } from "@plimsoll/core/units";

export const aaveV3Id = venueId("aave-v3");
/** Pool revision 10 of the contracts, release 3.6. */
export const rulesR10 = "r10";

/** The oracle price of one asset of one market, base currency. */
export const oracleQuote = (market: string, asset: string): QuoteKey =>
  quoteKey(`${aaveV3Id}:${market}:${asset}:oracle`);
/** The one account of a user in a market. */
export const aaveAccount = (market: string, user: string): AccountKey => accountKey(`${aaveV3Id}:${market}:${user}`);
