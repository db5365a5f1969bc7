/** One fill of a subaccount in quantums: `base` and `quote` with the sign of what the subaccount received, fees included. */
export interface Fill {
  readonly subaccount: number;
  readonly ticker: string;
  readonly base: bigint;
  readonly quote: bigint;
}

/** What the chain does to a holding: a fill of our own or forced, or a market's funding index that moved. */
export type DydxVenueEffect =
  | { readonly was: "fill" | "liquidation" | "adl"; readonly body: Fill }
  | { readonly was: "funding"; readonly body: { readonly ticker: string; readonly fundingIndex: bigint } };
