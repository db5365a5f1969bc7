import { type AccountKey, type QuoteKey, accountKey, quoteKey, venueId } from "@plimsoll/core/units";

export const HYPERLIQUID = venueId("hyperliquid");
/** The rules in force, and those that a recording of 2023-03-27 shows; newest first. */
export const RULES = ["perps-2025", "perps-2023"] as const;

/** The venue's first dex has no name of its own in the protocol; a coin of another dex is written "dex:COIN". */
export const dexOf = (coin: string): string => (coin.includes(":") ? coin.slice(0, coin.indexOf(":")) : "");

export const markKey = (coin: string): QuoteKey => quoteKey(`hyperliquid:${coin}:mark`);
export const oracleKey = (coin: string): QuoteKey => quoteKey(`hyperliquid:${coin}:oracle`);

/** "cross" for the first dex, "cross:km" for the pool of another. */
export const crossKey = (dex: string): AccountKey => accountKey(dex === "" ? "cross" : `cross:${dex}`);
export const isolatedKey = (coin: string): AccountKey => accountKey(`isolated:${coin}`);
