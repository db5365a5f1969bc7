import type { Danger } from "@plimsoll/core/risk";
import type { Fate, Must } from "./drill.ts";
import type { Exact, HoldingId, Ms, Why } from "@plimsoll/core/units";

/** One thing a guard set did, or tried. */
export interface DrillAction {
  readonly at: Ms;
  readonly account: HoldingId;
  readonly what: string;
  readonly because: string;
  /** "waits": sent or on its way, and never heard of until the end. */
  readonly result: "whole" | "part" | "refused" | "expired" | "waits";
  readonly why?: Why;
}

/** What a keeper whose machine died left to an account: within the bound that it printed last, beyond the gap that it declares, or nothing. */
export interface Left {
  readonly at: Ms;
  readonly is: "within" | "exceeded" | "bare";
  /** Since then. */
  readonly lost: Exact;
  /** The bound. */
  readonly most?: Exact;
}

/** What became of one account under one guard set. Money is in the account's own unit, gas in USD. */
export interface AccountResult {
  readonly account: HoldingId;
  readonly fate: Fate;
  /** When it died or misfired first, and how. */
  readonly at?: Ms;
  readonly how?: string;
  readonly smallestHealth?: Exact;
  readonly smallestHealthAt?: Ms;
  readonly unit: string;
  /** Fees and slippage of what was done. */
  readonly cost: Exact;
  readonly gas: Exact;
  readonly equityStart?: Exact;
  /** Less what was put in from outside, less gas; absent where it is not known. */
  readonly equityEnd?: Exact;
  /** By how much that is more than doing nothing left. */
  readonly againstNothing?: Exact;
  readonly actions: readonly DrillAction[];
  /** Where the set says that the machine dies. */
  readonly left?: Left;
}

/** First time that an account was told to be in a state of danger, and whether the message arrived. */
export interface Told {
  readonly at: Ms;
  readonly account: HoldingId;
  readonly danger: Danger;
  readonly code: string;
  readonly facts: Why["facts"];
  readonly arrived: boolean;
}

export interface SetResult {
  readonly guardSet: string;
  readonly must?: Must;
  /** Whom the must concerns. */
  readonly of: readonly HoldingId[];
  readonly accounts: readonly AccountResult[];
  readonly told: readonly Told[];
  /** What the house's own check says against guards that are bad on purpose. */
  readonly refusals: readonly string[];
}

/** What a drill made visible. */
export interface Shown {
  readonly says: string;
  /** "told": nothing in the run to look at. */
  readonly is: "seen" | "not-seen" | "told";
  readonly figure?: string;
}

export interface DrillResult {
  readonly drill: string;
  readonly title: string;
  /** "", "x1.25", "mirrored" or both. */
  readonly variant: string;
  readonly looks: number;
  readonly sets: readonly SetResult[];
  readonly shown: readonly Shown[];
  readonly assumed: readonly string[];
  /** What a variant could not turn. */
  readonly leftOut: readonly string[];
}
