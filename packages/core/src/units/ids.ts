declare const brand: unique symbol;
type Id<K extends string> = string & { readonly [brand]: K };

/** Milliseconds: a moment since the Unix epoch in UTC, or a duration where the name says so. */
export type Ms = number & { readonly [brand]: "ms" };
export type AssetId = Id<"asset">;
export type VenueId = Id<"venue">;
export type HoldingId = Id<"holding">;
export type AccountKey = Id<"account">;
/** A number the venue reads, always above 0: "binance:BTCUSDT:mark", "aave-v3:WETH:oracle", a debt index. */
export type QuoteKey = Id<"quote">;
/** Lower-case hex of a SHA-256, 64 characters. */
export type Hash = Id<"hash">;

export const ms = (value: number): Ms => value as Ms;
/** A day of 24 hours, in milliseconds. */
export const DAY_MS = 86_400_000;
export const assetId = (text: string): AssetId => text as AssetId;
export const venueId = (text: string): VenueId => text as VenueId;
export const holdingId = (text: string): HoldingId => text as HoldingId;
export const accountKey = (text: string): AccountKey => text as AccountKey;
export const quoteKey = (text: string): QuoteKey => text as QuoteKey;
export const hash = (text: string): Hash => text as Hash;
