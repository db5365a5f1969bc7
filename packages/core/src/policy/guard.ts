import type { LineName } from "@plimsoll/core/margin";
import type { AccountKey, AssetId, Exact, HoldingId, Ms, PriceKind, QuoteKey } from "@plimsoll/core/units";

/** Which accounts a guard watches: one holding, or one account of it. */
export interface Scope {
  readonly holding: HoldingId;
  readonly account?: AccountKey;
}

/** When a guard wants something done. Each is data, so that it can be hashed, compared and shown. */
export type Trigger =
  /** Health of a line under `below`; fires again only after health was at `release` or above. */
  | {
      readonly when: "health";
      readonly line: LineName;
      readonly below: Exact;
      readonly release: Exact;
      readonly urgent: Exact;
    }
  /** A price of a stated kind at or beyond `at`: a stop-loss or a take-profit, by which side it lies on. */
  | {
      readonly when: "price";
      readonly quote: QuoteKey;
      readonly kind: PriceKind;
      readonly side: "at-or-below" | "at-or-above";
      readonly at: Exact;
    };

/** What a guard wants: health of its line back at a level, or the position closed by a share. */
export type Target =
  | { readonly want: "health"; readonly at: Exact }
  | { readonly want: "reduce"; readonly share: Exact };

/** What a guard may do; which of it is done, `Guard.choose` says. Amounts are the most that one action may use. */
export type Remedy =
  | { readonly use: "supply" | "repay"; readonly asset: AssetId; readonly most: Exact }
  | { readonly use: "reduce"; readonly instrument: string; readonly slippage: Exact }
  /** The whole position or nothing. */
  | { readonly use: "close"; readonly instrument: string; readonly slippage: Exact }
  /** Opens the other side of what is at risk, in a perpetual of a holding that is connected; `most` in the instrument's own sizes. */
  | {
      readonly use: "hedge";
      readonly holding: HoldingId;
      readonly instrument: string;
      readonly slippage: Exact;
      readonly most: Exact;
    }
  | { readonly use: "add-margin"; readonly asset: AssetId; readonly most: Exact };

/**
 * A stop that lies at the venue all the time, whatever the trigger says: it closes a whole position while this program does not run.
 * It is woken by a price of the stated kind, never by the last one traded.
 */
export interface StandingStop {
  readonly instrument: string;
  readonly kind: "mark" | "index";
  /** A price; or this share of the liquidation price before it, which it follows. */
  readonly place: { readonly at: Exact } | { readonly before: Exact };
  /** The worst fill, as a share of the trigger beyond it; absent: at market. */
  readonly through?: Exact;
}

export interface Bounds {
  /** Longest time a trigger must hold before the guard fires; 0 in danger and where urgent. */
  readonly confirmMs: Ms;
  /** Least time between two firings above the urgent level. */
  readonly coolDownMs: Ms;
  /** Oldest price and position on which it may act. */
  readonly maxAgeMs: Ms;
  /** Most actions in any 24 hours. */
  readonly perDay: number;
  /** After this moment the guard does nothing and says so. */
  readonly expires?: Ms;
}

export interface Guard {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly trigger: Trigger;
  readonly target: Target;
  readonly ladder: readonly Remedy[];
  /** Which of the ladder is done: the cheapest mix that reaches the target (where absent), or what stands first. */
  readonly choose?: "cheapest" | "as-written";
  /** What shall lie at the venue as long as the guard is armed, beside the ladder and whatever the trigger says. */
  readonly stops?: readonly StandingStop[];
  readonly bounds: Bounds;
  /** Shadow decides and does not send: it protects nobody. */
  readonly mode: "shadow" | "armed";
}
