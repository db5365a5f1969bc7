/** What the market does to an account: an absorb, of which nothing is to be chosen, or nothing but interest until a moment in seconds. */
export type CometVenueEffect =
  | { readonly was: "liquidation"; readonly body: Readonly<Record<never, never>> }
  | { readonly was: "interest"; readonly body: { readonly until: bigint } };
