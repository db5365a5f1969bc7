import type { Resting } from "@plimsoll/core/book";
import type { Exact, Ms } from "@plimsoll/core/units";

/** One-way mode has one position a symbol, hedge mode (linear in USDT only) one a side. */
export type Side = "one-way" | "long" | "short";

/** A perpetual or future: `size` above 0 long and below 0 short, never 0; in coins when linear, in quote units when inverse. */
export interface Position {
  readonly symbol: string;
  readonly side: Side;
  /** The coin in which margin and profit are counted. */
  readonly coin: string;
  readonly size: Exact;
  /** Quote units a coin. */
  readonly entry: Exact;
  /** It sets the fee to close that initial and maintenance margin carry. */
  readonly leverage: Exact;
  /** In isolated margin, and only there: the position's balance, fee to close and added margin inside, profit outside. */
  readonly posted?: Exact;
}

/** One coin of the wallet, without posted margin and unrealised profit; cash below 0 is borrowed. */
export interface Balance {
  readonly coin: string;
  readonly cash: Exact;
  /** Initial margin that open orders hold, in the coin. */
  readonly orderMargin: Exact;
  /** Whether the coin counts as margin: the venue allows it and the owner switched it on. */
  readonly collateral: boolean;
  /** Rate an hour on what is borrowed; absent where it is not known: then no interest is projected. */
  readonly hourlyRate?: Exact;
}

/** An open order; what it would open counts toward the tier of its position until it fills. */
export interface OpenOrder {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  /** Size that it would add to a position: 0 for one that reduces. */
  readonly opens: Exact;
}

/** The next funding of a symbol; `everyMs` absent when the interval is not known: then only the next one is. */
export interface Funding {
  readonly symbol: string;
  readonly rate: Exact;
  readonly next: Ms;
  readonly everyMs?: Ms;
}

/** A unified trading account: the margin mode is the account's, not a position's. Portfolio margin is read, not modelled. */
export interface Body {
  readonly mode: "cross" | "isolated" | "portfolio";
  readonly balances: readonly Balance[];
  /** USD that resting spot orders take from the margin balance: haircut loss less order loss; 0 or more. */
  readonly orderLoss: Exact;
  /** Leverage of spot margin trading, which sets the initial margin of what is borrowed; absent where it is not known: then all of it. */
  readonly spotLeverage?: Exact;
  readonly positions: readonly Position[];
  readonly orders: readonly OpenOrder[];
  /** Every order that lies at the venue, conditional ones too; absent where they were not read. */
  readonly resting?: readonly Resting[];
  readonly funding: readonly Funding[];
}

/** "BTCUSDT:long", "BTCUSDT:one-way": what is unique in a holding, and the account of an isolated position. */
export const positionName = ({ symbol, side }: Pick<Position, "symbol" | "side">): string => `${symbol}:${side}`;
