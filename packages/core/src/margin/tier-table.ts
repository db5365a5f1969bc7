import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  compare,
  fail,
  multiply,
  ok,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";

/** One row of a table that charges by size: from `floor` up to `cap`, without end where there is no cap. */
export interface TableRow {
  readonly floor: Exact;
  readonly cap?: Exact;
  readonly rate: Exact;
  /** What is taken off `size * rate`, where the venue states it: the running sum that makes the charge continuous. */
  readonly amount?: Exact;
}

export interface TableRules {
  /** Names the failures: `<venue>/bad-tiers`, `<venue>/tiers-shrunk`. */
  readonly venue: string;
  /** How the rate goes on from row to row. "rise" unless told otherwise. */
  readonly rates?: "rise" | "never-falls" | "never-rises";
  /** The largest step between a cap and the next floor: one size step where a venue counts (floor, cap]. None unless told otherwise. */
  readonly step?: Exact;
  /** Whether the last row ends, or goes on without end. Where it ends, rows lost above it cannot be seen here. "ends" unless told otherwise. */
  readonly top?: "ends" | "endless";
}

/**
 * Refuses a table that cannot be a venue's: no rows, a first floor above 0, a gap, an overlap, an empty row, a rate that goes the
 * wrong way, an amount that is not the running sum `amount(n-1) + floor(n) * (rate(n) - rate(n-1))`, a last row that does not end
 * as it must.
 * @param of the symbol, coin or table.
 */
export function checkTable(of: string, rows: readonly TableRow[], rules: TableRules): Result<void, Why> {
  if (rows.length === 0) return bad(of, rows, rules, 0, "the table is empty", "no rows");
  for (const [index, row] of rows.entries()) {
    const [problem, value] = rowProblem(row, rows[index - 1], index === rows.length - 1, rules) ?? [];
    if (problem !== undefined) return bad(of, rows, rules, index + 1, problem, text(value ?? row.rate));
  }
  return ok(undefined);
}

type Problem = readonly [problem: string, value: Exact] | undefined;

function rowProblem(row: TableRow, before: TableRow | undefined, isLast: boolean, rules: TableRules): Problem {
  const { floor, cap, rate, amount } = row;
  const { rates = "rise", step = ZERO, top = "ends" } = rules;
  const gap = subtract(floor, before?.cap ?? ZERO);
  if (before === undefined ? compare(floor, ZERO) !== 0 : compare(gap, ZERO) < 0 || compare(gap, step) > 0)
    return ["floor is not the cap below it", floor];
  if (cap === undefined && !(isLast && top === "endless")) return ["the row has no cap", rate];
  if (cap !== undefined && isLast && top === "endless") return ["the last row has a cap: rows are missing above", cap];
  if (cap !== undefined && compare(cap, floor) <= 0) return ["cap is not above floor", cap];
  const turn = before === undefined ? undefined : compare(rate, before.rate);
  if (rates === "rise" && compare(rate, before?.rate ?? ZERO) <= 0) return ["rate does not rise", rate];
  if (rates === "never-falls" && turn === -1) return ["rate falls", rate];
  if (rates === "never-rises" && turn === 1) return ["rate rises", rate];
  if (amount === undefined) return undefined;
  const sum = before === undefined ? ZERO : runningSum(before, row);
  return compare(amount, sum) === 0 ? undefined : [`amount is not the running sum ${text(sum)}`, amount];
}

const runningSum = ({ amount = ZERO, rate: below }: TableRow, { floor, rate }: TableRow): Exact =>
  add(amount, multiply(floor, subtract(rate, below)));

const bad = (
  of: string,
  rows: readonly TableRow[],
  { venue }: TableRules,
  row: number,
  problem: string,
  value: string,
) =>
  fail(
    why(`${venue}/bad-tiers`, {
      of,
      row: `${row} of ${rows.length}`,
      problem,
      value,
      next: `read the table of ${of} again`,
    }),
  );

/**
 * Refuses a table that lost rows against the one before, or that ends where it was endless: a truncated answer, until a person has
 * looked. As many rows that reach less far are a change of the venue, or of the user's own multiplier, and stricter: they are taken.
 */
export function refuseShrunk(
  of: string,
  before: readonly TableRow[],
  after: readonly TableRow[],
  { venue }: TableRules,
): Result<void, Why> {
  const [oldTop, newTop] = [before.at(-1), after.at(-1)];
  const endsNow = oldTop !== undefined && oldTop.cap === undefined && newTop?.cap !== undefined;
  if (after.length >= before.length && !endsNow) return ok(undefined);
  const capOf = (top: typeof oldTop) => (top?.cap === undefined ? "none" : text(top.cap));
  return fail(
    why(`${venue}/tiers-shrunk`, {
      of,
      rows: `${after.length} after ${before.length}`,
      cap: `${capOf(newTop)} after ${capOf(oldTop)}`,
      next: "compare with the venue's margin page; restart to accept the smaller table",
    }),
  );
}
