import { type AccountKey, type QuoteKey, accountKey, quoteKey, venueId } from "@plimsoll/core/units";

export const compoundV3Id = venueId("compound-v3");
/** Comet whose `absorb` takes a whole account, with up to 24 collaterals; not the line of contracts that liquidates in parts. */
export const rulesWhole = "whole-absorb";

/** What the market's price feed of one asset answers, in the market's price unit. */
export const oracleQuote = (market: string, asset: string): QuoteKey =>
  quoteKey(`${compoundV3Id}:${market}:${asset}:oracle`);
/** The one account of a user in a market: each Comet is a market of its own. */
export const cometAccount = (market: string, user: string): AccountKey =>
  accountKey(`${compoundV3Id}:${market}:${user}`);
