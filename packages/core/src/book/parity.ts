import { type Exact, compare, magnitude, subtract } from "@plimsoll/core/units";

/** A figure that there is not on one side: no such price, nothing to charge. */
export type Compared = Exact | "none";

/** One figure of a venue's beside ours, taken from the same reading. */
export interface ParityRow {
  /** The account, position or asset that it is of. */
  readonly of: string;
  readonly figure: string;
  readonly venue: Compared;
  readonly ours: Compared;
  /** What the venue's own rounding, and marks a moment apart, may explain. */
  readonly allowed: Exact;
  readonly verdict: "same" | "within" | "differs";
  /** Whether the account is judged by it: then a difference makes the account unknown, else it is told. */
  readonly decides: boolean;
}

/** A row with its verdict; a figure that one side has and the other has not differs. */
export function parityRow(row: Omit<ParityRow, "verdict">): ParityRow {
  return { ...row, verdict: verdictOf(row) };
}

function verdictOf({ venue, ours, allowed }: Omit<ParityRow, "verdict">): ParityRow["verdict"] {
  if (venue === "none" || ours === "none") return venue === ours ? "same" : "differs";
  const apart = magnitude(subtract(ours, venue));
  if (apart.digits === 0n) return "same";
  return compare(apart, allowed) <= 0 ? "within" : "differs";
}
