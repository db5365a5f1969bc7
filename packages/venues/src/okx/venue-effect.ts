import type { Exact } from "@plimsoll/core/units";
import type { Side } from "./holding.ts";

/** One trade that the venue made for us: contracts above 0, `fee` in the settlement coin, above 0 where it was paid. */
export interface ForcedFill {
  readonly instrument: string;
  readonly side: Side;
  readonly isolated: boolean;
  readonly contracts: Exact;
  readonly price: Exact;
  readonly fee: Exact;
}

/** What the venue does to an account that is folded into a holding: forced trades; all else the next reading shows. */
export interface OkxVenueEffect {
  readonly was: "liquidation" | "adl";
  readonly body: ForcedFill;
}
