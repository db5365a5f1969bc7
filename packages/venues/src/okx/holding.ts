import type { Resting } from "@plimsoll/core/book";
import type { Exact, Ms } from "@plimsoll/core/units";

/** The venue's word for which side of an instrument a position is: `net` in net mode, the others in long/short mode. */
export type Side = "net" | "long" | "short";

/** A swap or expiry future: `contracts` above 0 long and below 0 short, never 0; `entry` in quote units a coin. */
export interface ContractPosition {
  readonly kind: "contract";
  readonly instrument: string;
  readonly side: Side;
  /** The coin in which margin and profit are counted. */
  readonly coin: string;
  readonly contracts: Exact;
  readonly entry: Exact;
  /** Isolated: the margin posted to this position, in its settlement coin, without unrealised profit. */
  readonly margin: { readonly mode: "cross" } | { readonly mode: "isolated"; readonly balance: Exact };
  /** Leverage that the owner set; absent when the venue did not tell, and then initial margin is unknown. */
  readonly leverage?: Exact;
}

/** Amounts of the two coins of a spot pair. */
export interface Pair {
  readonly base: Exact;
  readonly quote: Exact;
}

/** A spot position on margin: what it holds (isolated: with the margin posted) and what it owes, interest included. */
export interface MarginPosition {
  readonly kind: "margin";
  readonly instrument: string;
  /** Which of the two coins the position is margined in. */
  readonly coin: string;
  readonly held: Pair;
  readonly owed: Pair;
  readonly margin: { readonly mode: "cross" } | { readonly mode: "isolated" };
  readonly leverage?: Exact;
}

export type Position = ContractPosition | MarginPosition;

/** One coin of the cross account, without isolated margin and unrealised profit; below 0 is a liability. */
export interface Balance {
  readonly coin: string;
  readonly cash: Exact;
  /** What open orders take out of equity: frozen amounts, fees, losses at their price; as the venue reports it. */
  readonly frozen: Exact;
}

/** An open order; what it would open counts toward the tier of its position until it fills. */
export interface OpenOrder {
  readonly id: string;
  readonly instrument: string;
  readonly side: Side;
  /** Contracts that the order would add to a position: 0 for one that reduces. */
  readonly opens: Exact;
}

/** The next funding of an instrument; `everyMs` absent when the interval is not known: then only the next one is. */
export interface Funding {
  readonly instrument: string;
  readonly rate: Exact;
  readonly next: Ms;
  readonly everyMs?: Ms;
  /** The lowest and the highest rate that the venue allows for the instrument, an interval; absent where it does not tell. */
  readonly bounds?: { readonly min: Exact; readonly max: Exact };
}

/** Interest on what is owed of a coin: `rate` an hour, charged at `next` and every hour after. */
export interface Interest {
  readonly coin: string;
  readonly rate: Exact;
  readonly next: Ms;
}

/** Everything one login has in the trading account; `portfolio` is read, but its cross account is not modelled. */
export interface Body {
  readonly mode: "futures" | "multi-currency" | "portfolio";
  readonly positionMode: "net" | "long-short";
  readonly balances: readonly Balance[];
  readonly positions: readonly Position[];
  readonly orders: readonly OpenOrder[];
  /** Every order that lies at the venue, conditional ones too; absent where they were not read. */
  readonly resting?: readonly Resting[];
  readonly funding: readonly Funding[];
  readonly interest: readonly Interest[];
}

/** "BTC-USDT-SWAP:long", "LTC-USDT:margin": an isolated position's account, and with its margin mode what is unique in a holding. */
export const positionName = (
  position: Pick<ContractPosition, "instrument" | "side" | "kind"> | MarginPosition,
): string => `${position.instrument}:${position.kind === "margin" ? "margin" : position.side}`;

export const isIsolated = ({ margin }: Position): boolean => margin.mode === "isolated";
