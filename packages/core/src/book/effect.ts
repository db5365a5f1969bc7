import type { AccountKey, AssetId, Exact } from "@plimsoll/core/units";
import type { StopTrigger } from "./resting.ts";

/** Own actions and what the venue or the world does to us, by one door: both change holdings and nothing else does. */
export type Effect = Action | VenueEffect;

/**
 * What we may do. `order.limit` bounds the price; an action names its account by its instrument or asset, and by `account`
 * where several accounts of a holding take the same asset (troves, isolated lending markets): there it is refused without.
 */
export type Action =
  | {
      readonly do: "supply" | "repay" | "withdraw";
      readonly asset: AssetId;
      readonly amount: Exact | "all";
      readonly account?: AccountKey;
      /**
       * A repayment out of what is supplied of the same asset, without money of the wallet; engines whose venue has no such call refuse it.
       * Absent: out of the wallet.
       */
      readonly from?: "own-supply";
    }
  | {
      readonly do: "order";
      readonly instrument: string;
      readonly side: "buy" | "sell";
      readonly size: Exact;
      readonly limit: Exact;
      readonly reduceOnly: boolean;
      /** "holding/account" that the order protects: an order may open a position only as a hedge that says so. */
      readonly hedges?: string;
    }
  /** Lies at the venue until its price comes, and then can only reduce; `size` "all" closes whatever the position is by then. */
  | {
      readonly do: "stop";
      readonly instrument: string;
      readonly side: "buy" | "sell";
      readonly size: Exact | "all";
      readonly trigger: StopTrigger;
      /** Worst price at which it may fill; absent: at market. */
      readonly limit?: Exact;
    }
  | { readonly do: "cancel"; readonly order: string }
  | {
      readonly do: "move-margin";
      readonly from: AccountKey;
      readonly to: AccountKey;
      readonly asset: AssetId;
      readonly amount: Exact;
    };

export type VenueEffect = {
  readonly was: "fill" | "funding" | "interest" | "liquidation" | "adl" | "redemption" | "settlement";
  readonly body: unknown;
};

export interface Flow {
  readonly asset: AssetId;
  readonly amount: Exact;
}
