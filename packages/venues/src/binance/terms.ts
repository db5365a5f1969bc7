import {
  type Exact,
  ONE,
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

/** One row of a leverage bracket: the whole notional in [floor, cap) is charged `notional * rate - amount` (the venue's "cum"). */
export interface Tier {
  readonly floor: Exact;
  readonly cap: Exact;
  readonly rate: Exact;
  readonly amount: Exact;
  readonly maxLeverage: Exact;
}

/** What the venue charges and allows for one contract, in its margin asset. */
export interface SymbolTerms {
  readonly asset: string;
  readonly tick: Exact;
  readonly step: Exact;
  readonly minSize: Exact;
  readonly minNotional: Exact;
  readonly takerFee: Exact;
  /** Insurance clearance fee, as a share of the notional that a liquidation closes. */
  readonly liquidationFee: Exact;
  readonly tiers: readonly Tier[];
}

export interface BinanceTerms {
  readonly symbols: Readonly<Record<string, SymbolTerms>>;
}

/**
 * Refuses a table that cannot be the venue's: no rows, a gap, an order that falls, an amount that is not the running sum
 * `amount(n-1) + floor * (rate(n) - rate(n-1))`, or a top row that still allows leverage: then rows are missing above it.
 * @source continuity: all tables of the 2026-05 snapshot; every complete table there ends at leverage 1.
 */
export function checkTiers(symbol: string, tiers: readonly Tier[]): Result<readonly Tier[], Why> {
  const bad = (row: number, problem: string, value: Exact | string) =>
    fail(
      why("binance/bad-tiers", {
        symbol,
        row: `${row}`,
        problem,
        value: typeof value === "string" ? value : text(value),
        next: "fetch the leverage brackets of this symbol again with the account's own key",
      }),
    );
  const top = tiers.at(-1);
  if (top === undefined) return bad(0, "the table is empty", "no rows");
  for (const [index, tier] of tiers.entries()) {
    const row = index + 1;
    const before = tiers[index - 1];
    const sum = before === undefined ? ZERO : runningSum(before, tier);
    if (compare(tier.floor, before?.cap ?? ZERO) !== 0) return bad(row, "floor is not the cap below it", tier.floor);
    if (compare(tier.cap, tier.floor) <= 0) return bad(row, "cap is not above floor", tier.cap);
    if (compare(tier.rate, before?.rate ?? ZERO) <= 0) return bad(row, "rate does not rise", tier.rate);
    if (compare(tier.amount, sum) !== 0) return bad(row, `amount is not the running sum ${text(sum)}`, tier.amount);
  }
  if (compare(top.maxLeverage, ONE) !== 0)
    return bad(tiers.length, "rows are missing above: leverage is not 1", top.maxLeverage);
  return ok(tiers);
}

/** Refuses a table that lost rows or reach against the one before: a truncated answer, until a person has looked. */
export function refuseShrunk(symbol: string, before: readonly Tier[], after: readonly Tier[]): Result<void, Why> {
  const [oldTop, newTop] = [before.at(-1), after.at(-1)];
  const shrunk = after.length < before.length || (oldTop && newTop && compare(newTop.cap, oldTop.cap) < 0);
  if (!shrunk) return ok(undefined);
  return fail(
    why("binance/tiers-shrunk", {
      symbol,
      rows: `${after.length} after ${before.length}`,
      cap: `${newTop === undefined ? "none" : text(newTop.cap)} after ${oldTop === undefined ? "none" : text(oldTop.cap)}`,
      next: "compare with the venue's margin page; restart to accept the smaller table",
    }),
  );
}

/**
 * The user's own table: floors and caps times the coefficient; the amounts follow, since they are sums of floors.
 * @source Binance USD-M documentation, leverage bracket: `notionalCoef`, present only for users whose brackets were adjusted.
 */
export const mergeNotionalCoef = (tiers: readonly Tier[], coef: Exact): readonly Tier[] =>
  tiers.map((tier) => ({
    ...tier,
    floor: multiply(tier.floor, coef),
    cap: multiply(tier.cap, coef),
    amount: multiply(tier.amount, coef),
  }));

/**
 * The tier of a notional. Beyond the last cap the last row stands: only price can carry a position there.
 * Neighbours agree on the boundary itself, so which of them takes it does not matter.
 */
export function tierAt(tiers: readonly Tier[], notional: Exact): Tier {
  const found = tiers.findLast(({ floor }) => compare(notional, floor) >= 0) ?? tiers[0];
  if (found === undefined) throw new Error("invariant broken: a table without rows passed checkTiers");
  return found;
}

const runningSum = (before: Tier, tier: Tier): Exact =>
  add(before.amount, multiply(tier.floor, subtract(tier.rate, before.rate)));
