import type { clocks } from "./clocks.ts";
import type { Contender } from "./harness.ts";

/** One question of the bench, ready to be timed. */
export interface Row {
  readonly question: string;
  /** What one unit of work is: "account", "row", "tick". */
  readonly unit: string;
  readonly clock: keyof typeof clocks;
  readonly contenders: readonly Contender[];
  /** Rounds for each one asked for, 1 where absent: where neighbours come and go within a round, many short ones say more. */
  readonly finer?: number;
  /** Names of contenders: how many times as fast the first is as the second. */
  readonly ratios: readonly (readonly [string, string])[];
  /** What was found to agree before the clock started. */
  readonly checked: readonly string[];
  close?(): Promise<void>;
}

/** A question that is answered by counting once, without a clock. */
export interface Counted {
  readonly name: string;
  readonly question: string;
  /** What the figures of a line are; a line may have fewer. */
  readonly columns: readonly string[];
  readonly lines: readonly { readonly name: string; readonly figures: readonly number[] }[];
  readonly checked: readonly string[];
}

/** Sets a row up and checks it; `quick` asks for the least work that still runs everything. */
export type Prepare = (quick: boolean) => Promise<Row>;

/** Stops the bench: two contenders that should agree do not, so that a ratio of their times would mean nothing. */
export function agree(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the contenders disagree, nothing was timed: ${what}`);
}
