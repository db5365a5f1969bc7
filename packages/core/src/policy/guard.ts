import type { AccountKey, AssetId, Exact, HoldingId, Ms, QuoteKey } from "@plimsoll/core/units";
import type { Trigger } from "./triggers.ts";

export type { Trigger } from "./triggers.ts";

/** Which accounts a guard watches: one holding, or one account of it. */
export interface Scope {
  readonly holding: HoldingId;
  readonly account?: AccountKey;
}

/**
 * What a guard wants: health of its line back at a level, the position closed by a share, only to say so, or that the other guards
 * of the account wait for nothing while its trigger is met.
 */
export type Target =
  | { readonly want: "health"; readonly at: Exact }
  | { readonly want: "reduce"; readonly share: Exact }
  /** Of a pair: our leg cut to what the other leg is still worth; how large the cut is shows when it is made. */
  | { readonly want: "match" }
  | { readonly want: "notice" }
  | { readonly want: "tighten" };

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
  /**
   * While the venue is silent: hold (where absent), so that nothing new is sent there and what lies there stays; or act on the last
   * position at the worst of other venues' prices.
   */
  readonly blind?: "hold" | "act";
  /** For how long what it puts somewhere, or opens, is thought to stay: carry and funding of that time are costs. Absent: 30 days. */
  readonly horizonMs?: Ms;
}

export interface Estimate {
  readonly of: QuoteKey;
  readonly by: QuoteKey;
}

/** The rungs of a ladder of guards, from mild to severe. */
export const severities = ["observe", "tighten", "reduce", "exit", "panic"] as const;
export interface Rung {
  /** The ladder's name: where several of its rungs fire at once, the most severe acts alone. */
  readonly of: string;
  readonly severity: (typeof severities)[number];
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
  readonly rung?: Rung;
  /** Off-chain prices that say what a price on a chain will be when it is reported next. */
  readonly estimates?: readonly Estimate[];
  /** Shadow decides and does not send: it protects nobody. */
  readonly mode: "shadow" | "armed";
}
