import type { Action } from "@plimsoll/core/book";
import type { Line } from "@plimsoll/core/margin";
import type { AccountKey, AssetId, Exact, Figure, Hash, HoldingId, Ms, VenueId, Why } from "@plimsoll/core/units";
import type { CostPart } from "./cost.ts";
import type { Slices } from "./slices.ts";

/** Money set aside for rescues, where it already lies. */
export interface Reserve {
  readonly asset: AssetId;
  readonly at: VenueId;
  readonly holding: HoldingId;
  readonly free: Figure<Exact>;
  readonly floor: Exact;
  /** The most that one account may be given of it in a day; absent: as much as there is. */
  readonly caps?: readonly { readonly account: AccountKey; readonly most: Exact }[];
  /** What kind of money it is, where its name does not tell: see `haircutOf`. */
  readonly kind?: "fiat-stable" | "synthetic" | "staked" | "plain";
  /** What it earns in a year where it lies, as a share: lost while it stands in an account. */
  readonly yearly?: Exact;
  /** How it could be brought to other holdings. */
  readonly routes?: readonly Route[];
}

/** How long something takes to arrive; "never" where nobody can promise that it does. */
export interface Arrival {
  readonly usualMs: Ms;
  readonly worstMs: Ms | "never";
}

/** A way from where a reserve lies to another holding. */
export interface Route {
  readonly to: HoldingId;
  readonly arrives: Arrival;
  readonly needs: "nothing" | "signature" | "approval";
}

/** One action that one guard wants, sized, with the state it leads to. */
export interface Proposal {
  readonly id: Hash;
  readonly guard: string;
  readonly holding: HoldingId;
  /** The account that it serves; a hedge acts in another. */
  readonly account: AccountKey;
  readonly action: Action;
  readonly urgent: boolean;
  /** In the account's unit: the sum of `parts` that are counted. */
  readonly cost: Exact;
  readonly parts: readonly CostPart[];
  /** The most that the chain's fees may come to; see `PlanStep.feeCap`. */
  readonly feeCap?: Exact;
  readonly slices?: Slices;
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
  /** When its effect is there, counted from its sending. */
  readonly arrives: Arrival;
  readonly undo: Action | "none";
  /**
   * The most that the chain's fees of this step may come to, in the chain's own coin: 30 % of the loss that it avoids, 60 % when urgent.
   * Absent where no fee is paid to a chain or the loss is not known: then the connection's own limit holds.
   */
  readonly feeCap?: Exact;
  /** Absent where it goes at once, or where nobody knows what the book takes. */
  readonly slices?: Slices;
}

/** What else could be done, or could not, and why it is not. */
export interface Alternative {
  readonly what: string;
  readonly why: string;
  /** In the account's unit, where it reaches the target. */
  readonly cost?: Exact;
}

/** An account's lines at one moment of a plan. */
export interface AccountLines {
  readonly account: AccountKey;
  readonly lines: readonly Line[];
}

export interface Plan {
  readonly hash: Hash;
  readonly mode: "shadow" | "armed";
  readonly steps: readonly PlanStep[];
  /** In the accounts' unit; `costParts` show what it is made of. */
  readonly cost: Exact;
  readonly costParts: readonly CostPart[];
  /** By how much a cheaper plan might exist: our cost less a lower bound of any mix of what is allowed. 0 where none is cheaper. */
  readonly gap: Exact;
  /** What the venue would take if nothing is done, in the same unit; unknown where `liquidate` cannot say. */
  readonly doNothing: Figure<Exact>;
  /** What is sold or bought back; empty: the plan realises no sale. */
  readonly realisesSale: readonly { readonly instrument: string; readonly size: Exact }[];
  readonly before: readonly AccountLines[];
  readonly after: readonly AccountLines[];
  readonly because: readonly string[];
  readonly alternatives: readonly Alternative[];
  /** What it rests on and nobody has said: a venue's rate budget, what a key may do. Absent where there is nothing. */
  readonly assumes?: readonly Why[];
}

/** A step that is to be sent, under a key derived from the intent; a retry carries the same key. */
export interface Intent {
  readonly step: PlanStep;
  readonly plan: Hash;
  readonly key: string;
  readonly attempt: number;
}
