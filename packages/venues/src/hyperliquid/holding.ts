import type { Resting } from "@plimsoll/core/book";
import type { Exact, Ms } from "@plimsoll/core/units";

/** One position: `size` in coins, above 0 long and below 0 short, never 0; one a coin, buys and sells net. */
export interface Position {
  /** The venue's own name, "BTC" or "km:US500"; the part before the colon is the dex. */
  readonly coin: string;
  readonly size: Exact;
  readonly margin:
    | { readonly mode: "cross" }
    /** Cash leg of the position alone (the venue's rawUsd): margin put in less what the coins cost. */
    | { readonly mode: "isolated"; readonly cash: Exact };
  /** Chosen by the owner: decides what may leave, never where the position is liquidated. */
  readonly leverage: Exact;
}

/** The cross pool of one dex. */
export interface Pool {
  readonly dex: string;
  /** Collateral token, in which everything of the dex is counted. */
  readonly token: string;
  /** Cash leg (totalRawUsd): account value less the value of cross positions; below 0 with a leveraged long. */
  readonly cash: Exact;
}

export interface OpenOrder {
  readonly id: string;
  readonly coin: string;
}

/** The funding rate of one interval that stands for the settlements from `next` on. */
export interface Funding {
  readonly coin: string;
  readonly rate: Exact;
  readonly next: Ms;
}

/**
 * Everything one address has in perpetuals, all dexes. Entry prices are not kept: the cash leg holds what was paid, and no
 * figure of the venue that decides anything reads them.
 */
export interface Body {
  readonly pools: readonly Pool[];
  readonly positions: readonly Position[];
  readonly orders: readonly OpenOrder[];
  /** Every order that lies at the venue, conditional ones too; absent where they were not read. */
  readonly resting?: readonly Resting[];
  readonly funding: readonly Funding[];
}
