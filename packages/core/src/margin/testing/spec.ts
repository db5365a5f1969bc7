import type { Effect, Holding } from "@plimsoll/core/book";
import type { BoundEngine, LineName, MarginForm, Scene } from "@plimsoll/core/margin";
import type { AccountKey, Ms, QuoteKey } from "@plimsoll/core/units";
import type * as fc from "fast-check";

/** What an engine is asked about. */
export interface State {
  readonly holding: Holding;
  readonly scene: Scene<unknown>;
}

/** One account of a state, on one of its lines. */
export interface Subject extends State {
  readonly account: AccountKey;
  readonly line: LineName;
}

/** An engine that is wrong in one named way; some check has to notice. */
export interface WrongOnPurpose {
  readonly name: string;
  readonly engine: BoundEngine;
}

/** Everything the suite needs to know about one margin system. README.md of this folder says what is checked. */
export interface Conformance {
  readonly name: string;
  readonly engine: BoundEngine;
  /** Holdings that the venue could really hold, with scenes that have every quote they need. */
  readonly states: fc.Arbitrary<State>;
  /** The lines that `compile` answers for. */
  readonly lines: readonly LineName[];
  /** How far a quote is moved, as multiples of today's; without it from a fifth to five times. */
  readonly moves?: (quote: QuoteKey) => readonly [least: number, most: number];
  /** What one unit of the assessment is worth in the form's unit; 1 where both are the same (coin accounts: the coin's price). */
  readonly unitIn?: (subject: Subject) => number;
  /** States whose surplus is exactly 0, built from integers. */
  readonly ties: readonly Subject[];
  /** States without a boundary in any quote, or without a form. */
  readonly nulls: readonly (Subject & {
    readonly name: string;
    readonly expect: "no-position" | "no-debt" | "no-boundary";
  })[];
  /** The same holding with every size and balance `times` as large; or the reason why `have` is not proportional to size. */
  readonly scaled: ((holding: Holding, times: bigint) => Holding) | { readonly notProportional: string };
  /** The same holding with more of what can only help, in every account. */
  readonly withCash: (holding: Holding, g: fc.GeneratorValue) => Holding;
  readonly positions: PositionLaws;
  /** Effects worth trying on a state, allowed ones and refused ones. */
  readonly effects: (state: State) => fc.Arbitrary<Effect>;
  /** The state some time later at frozen prices, slow quotes (indices) brought up to date; without it `advance` and the clock alone. */
  readonly later?: (state: State, byMs: Ms) => State;
  /** What rounding may add to the form's own error when time passes, in the form's unit; without it nothing. */
  readonly laterError?: (form: MarginForm, byMs: Ms) => number;
  /** At least: a frozen tier or haircut, the wrong price kind, and what this venue's rules invite one to get wrong. */
  readonly wrong: readonly WrongOnPurpose[];
  /** Quick runs per check where one state is slow to work out; 25 without it. */
  readonly runs?: number;
  /** Whether text that looks like a number, at this path inside the body, is only a name ("orders", "0", "id"). */
  readonly isName?: (path: readonly string[]) => boolean;
  /** Whether a field of the body may be absent. */
  readonly isOptional?: (path: readonly string[]) => boolean;
}

/** A law that the venue's rules do not have, and why. */
export interface NotHere {
  readonly notHere: string;
}

/** What the laws of positions are asked with. */
export interface PositionLaws {
  /** The same holding with its isolated positions, and the margin of each, `times` as large. */
  readonly larger: ((holding: Holding, times: bigint) => Holding) | NotHere;
  /** The same account, long for short; undefined where that cannot be said of this one. */
  readonly turned: ((subject: Subject) => Subject | undefined) | NotHere;
  /** Whether a quote values positions; without it all do, and none values collateral. */
  readonly isMark?: (quote: QuoteKey) => boolean;
  /** The state with one more position at its mark that nets with none, or with more debt; undefined where there is no place for it. */
  readonly burdened: ((state: State, g: fc.GeneratorValue) => State | undefined) | NotHere;
}

/** How hard to look. */
export interface Effort {
  readonly runs: number;
  /** Stop at the first failure without searching for a smaller one. */
  readonly hasty: boolean;
}

/** One thing to check; it throws on the first finding. */
export interface Check {
  readonly name: string;
  readonly run: (spec: Conformance, effort: Effort) => void;
}
