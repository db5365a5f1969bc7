import { type AccountKey, type QuoteKey, accountKey, quoteKey, venueId } from "@plimsoll/core/units";

export const DYDX = venueId("dydx-v4");
/** The rules since the square-root scaling of positions was removed and open-interest scaling took its place. */
export const RULES = "perps-2024";

/** The oracle price of a market: what margins and liquidations read, never the book. */
export const oracleKey = (ticker: string): QuoteKey => quoteKey(`dydx-v4:${ticker}:oracle`);
export const subaccountKey = (number: number): AccountKey => accountKey(`subaccount:${number}`);
