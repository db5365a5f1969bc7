import type { Resting } from "@plimsoll/core/book";
import type { Exact, Ms } from "@plimsoll/core/units";

/** The venue's word for how a currency is margined: on its own or in the pool, by formulas or by scenarios. */
export type MarginModel = "segregated_sm" | "cross_sm" | "segregated_pm" | "cross_pm";

/** What is held of one currency, without unrealised profit and option values. */
export interface Wallet {
  readonly currency: string;
  readonly model: MarginModel;
  readonly balance: Exact;
  /** Initial margin of open orders, as the venue reports it. */
  readonly orderMargin: Exact;
}

/** `size` above 0 long, below 0 short, never 0: dollars of an inverse future, coins of everything else. */
export interface Position {
  readonly instrument: string;
  readonly size: Exact;
  /** Price from which profit is counted (of a future since its last settlement); of an inverse option in coin. */
  readonly entry: Exact;
}

export interface OpenOrder {
  readonly id: string;
  readonly instrument: string;
}

/** What a perpetual pays all the time, at a rate that is known only up to now. */
export interface Funding {
  readonly instrument: string;
  /** For 8 hours; longs pay when it is above 0. */
  readonly rate: Exact;
  /** What is due before is in the balance. */
  readonly from: Ms;
}

/** Everything one login has. */
export interface Body {
  readonly wallets: readonly Wallet[];
  readonly positions: readonly Position[];
  readonly orders: readonly OpenOrder[];
  /** Every order that lies at the venue, trigger orders too; absent where they were not read. */
  readonly resting?: readonly Resting[];
  readonly funding: readonly Funding[];
}
