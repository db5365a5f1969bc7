import type { Exact, HoldingId, QuoteKey } from "@plimsoll/core/units";
import type { Problem } from "./problem.ts";
import type { Memory, Reading, Sight } from "./sight.ts";

/**
 * In which direction a change loosens: where the new guard acts not at all, later or less in some state, or may spend or
 * approve more. `either`: less of it acts less, more of it may spend more. `never`: it changes what is shown, not what is done.
 */
export type Direction = "lower" | "higher" | "either" | "never";
export type Directions<T> = { readonly [K in keyof T]-?: Direction };

/** One type of trigger: when it is met, what of it can be wrong, and which change of it loosens. A type is one of these and one line of the table. */
export interface TriggerRule<T> {
  directions(trigger: T): Directions<T>;
  /** Fields are named "trigger.<field>". */
  problems(trigger: T): readonly Problem[];
  /** `memory` has this sight in it already. */
  read(trigger: T, sight: Sight, memory: Memory): Reading;
  /** What it keeps of a sight; absent where it keeps nothing. */
  remember?(trigger: T, sight: Sight, memory: Memory): Memory;
  /** Prices it waits for besides those of the account. */
  quotes?(trigger: T): readonly QuoteKey[];
  /** Holdings beside its own that it looks at. */
  holdings?(trigger: T): readonly HoldingId[];
  /** Where it acts, if that is a price: a stop must lie before the liquidation price. */
  stop?(trigger: T, memory: Memory): PriceLevel | undefined;
  /** Whether its memory still counts for a changed trigger: what it measures is the same. */
  sameMeasure?(before: T, after: T): boolean;
}

export interface PriceLevel {
  readonly quote: QuoteKey;
  readonly side: "at-or-below" | "at-or-above";
  readonly at: Exact;
}
