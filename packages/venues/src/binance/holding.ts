import type { Resting } from "@plimsoll/core/book";
import type { Exact, Ms } from "@plimsoll/core/units";

/** The venue's word for which side of a symbol a position is: `BOTH` in one-way mode, the others in hedge mode. */
export type PositionSide = "BOTH" | "LONG" | "SHORT";

/** One position: `size` in coins, above 0 long and below 0 short, never 0; `entry` in quote units a coin. */
export interface Position {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** Margin asset: profit, loss and margin are counted in it. */
  readonly asset: string;
  readonly size: Exact;
  readonly entry: Exact;
  readonly margin:
    | { readonly mode: "cross" }
    /** The position's own wallet, without unrealised profit. */
    | { readonly mode: "isolated"; readonly wallet: Exact };
  /** Leverage that the owner set; absent when the venue did not tell, and then initial margin is unknown. */
  readonly leverage?: Exact;
  /** Where the venue sees the position in the queue for deleveraging, 0 last to 4 first; absent when it did not tell. */
  readonly adl?: number;
}

/** The cross wallet of one margin asset, without isolated wallets and unrealised profit. */
export interface Wallet {
  readonly asset: string;
  readonly cross: Exact;
  /** What open orders reserve, those of isolated symbols too, as the venue reports it. */
  readonly orderMargin: Exact;
}

export interface OpenOrder {
  readonly id: string;
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** Waits for a price at the venue: it reserves nothing until then, and stands in another list. */
  readonly conditional?: true;
}

/** The next funding of a symbol; `everyMs` absent when the interval is not known: then only the next one is. */
export interface Funding {
  readonly symbol: string;
  readonly rate: Exact;
  readonly next: Ms;
  readonly everyMs?: Ms;
  /** Where it is said of one side of a hedged symbol alone. */
  readonly positionSide?: PositionSide;
}

/** Everything one login has in the futures of one margin system. */
export interface Body {
  readonly mode: "one-way" | "hedge";
  readonly wallets: readonly Wallet[];
  readonly positions: readonly Position[];
  readonly orders: readonly OpenOrder[];
  /** Every order that lies at the venue, conditional ones too; absent where they were not read. */
  readonly resting?: readonly Resting[];
  readonly funding: readonly Funding[];
  /**
   * Where all assets together stand behind all positions, valued in USD: multi-assets mode, or portfolio margin. Absent where
   * each asset stands for itself. Without isolated positions.
   */
  readonly unified?: "multi-assets" | "portfolio";
}

/** "BTCUSDT:LONG": the name of a position inside its holding, and of its account when it is isolated. */
export const positionName = ({ symbol, positionSide }: Pick<Position, "symbol" | "positionSide">): string =>
  `${symbol}:${positionSide}`;
