import type { Redemption } from "./redeem.ts";

/** What strangers do to a trove, or nothing but interest until a moment in seconds. */
export type LiquityVenueEffect =
  | { readonly was: "interest"; readonly body: { readonly until: bigint } }
  | { readonly was: "liquidation"; readonly body: TroveName }
  | { readonly was: "redemption"; readonly body: TroveName & Redemption };

export interface TroveName {
  readonly trove: string;
  readonly branch: string;
}
