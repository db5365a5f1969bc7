import { type AccountKey, type QuoteKey, accountKey, quoteKey, venueId } from "@plimsoll/core/units";

export const skyId = venueId("sky");
/** The vault core (vat, jug, spotter) with Dutch auctions (dog, clip). */
export const rulesDss = "dss";

/** What the price module of a collateral says now, in dollars: one module serves every vault type of that collateral. */
export const currentQuote = (asset: string): QuoteKey => quoteKey(`${skyId}:${asset}:oracle`);
/** What it will say after its next poke: queued, readable, not yet in force. */
export const nextQuote = (asset: string): QuoteKey => quoteKey(`${skyId}:${asset}:next-oracle`);
/** One vault: its type and its number or address. */
export const skyAccount = (ilk: string, vault: string): AccountKey => accountKey(`${skyId}:${ilk}:${vault}`);
