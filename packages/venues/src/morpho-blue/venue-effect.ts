import type { LiquidationCall } from "./liquidation-call.ts";

/** What the contract does to a holding: a stranger's liquidation call, or nothing but interest until a moment in seconds. */
export type MorphoVenueEffect =
  | { readonly was: "liquidation"; readonly body: LiquidationCall }
  | { readonly was: "interest"; readonly body: { readonly until: bigint } };
