import type { Action } from "@plimsoll/core/book";
import type { Line } from "@plimsoll/core/margin";
import type { AccountKey, AssetId, Exact, Figure, Hash, HoldingId, Ms, VenueId } from "@plimsoll/core/units";

/** Money set aside for rescues, where it already lies. */
export interface Reserve {
  readonly asset: AssetId;
  readonly at: VenueId;
  readonly holding: HoldingId;
  readonly free: Figure<Exact>;
  readonly floor: Exact;
}

/** One action that one guard wants, sized, with the state it leads to. */
export interface Proposal {
  readonly id: Hash;
  readonly guard: string;
  readonly holding: HoldingId;
  readonly account: AccountKey;
  readonly action: Action;
  readonly urgent: boolean;
  readonly cost: Exact;
  readonly before: readonly Line[];
  readonly after: readonly Line[];
  /** Why, in one sentence with the number that decided it. */
  readonly because: string;
}

export interface PlanStep {
  readonly id: Hash;
  readonly holding: HoldingId;
  readonly account: AccountKey;
  readonly action: Action;
  readonly after: readonly Hash[];
  readonly notBefore: Ms;
  readonly expires: Ms;
  readonly undo: Action | "none";
  /**
   * The most that the chain's fees of this step may come to, in the chain's own coin: 30 % of the loss that it avoids, 60 % when urgent.
   * Absent where no fee is paid to a chain or the loss is not known: then the connection's own limit holds.
   */
  readonly feeCap?: Exact;
}

export interface Plan {
  readonly hash: Hash;
  readonly mode: "shadow" | "armed";
  readonly steps: readonly PlanStep[];
  /** In the accounts' unit: fees, and slippage where depth is known. */
  readonly cost: Exact;
  /** What the venue would take if nothing is done, in the same unit; unknown where `liquidate` cannot say. */
  readonly doNothing: Figure<Exact>;
  readonly after: readonly { readonly account: AccountKey; readonly lines: readonly Line[] }[];
  readonly because: readonly string[];
  readonly alternatives: readonly { readonly what: string; readonly why: string }[];
}

/** A step that is to be sent, under a key derived from the intent; a retry carries the same key. */
export interface Intent {
  readonly step: PlanStep;
  readonly plan: Hash;
  readonly key: string;
  readonly attempt: number;
}
