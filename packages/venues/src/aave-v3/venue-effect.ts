import type { LiquidationCall } from "./liquidation-call.ts";

/** What the pool does to an account: a stranger's liquidation call, or nothing but interest until a moment in seconds. */
export type AaveVenueEffect =
  | { readonly was: "liquidation"; readonly body: LiquidationCall }
  | { readonly was: "interest"; readonly body: { readonly until: bigint } };
