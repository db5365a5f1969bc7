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

/** One row of a risk-limit table: the whole value in [floor, cap) is charged `value * mmr - deduction` (`mmDeduction`). */
export interface Tier {
  readonly floor: Exact;
  readonly cap: Exact;
  readonly mmr: Exact;
  readonly deduction: Exact;
}

/** A perpetual or future. Tiers count value: in quote units when linear, in coins when inverse. */
export interface ContractTerms {
  readonly type: "linear" | "inverse";
  readonly settle: string;
  /** The unit of its prices. */
  readonly quote: string;
  readonly tick: Exact;
  readonly step: Exact;
  readonly takerFee: Exact;
  readonly tiers: readonly Tier[];
  /** Whether the table reaches to its top; a value beyond the rows of one that does not is unknown. */
  readonly complete: boolean;
  /** Bounds of a funding rate per settlement; absent where they are not known. */
  readonly funding?: { readonly floor: Exact; readonly cap: Exact };
}

/** One row of a coin's table, up to and with `cap` coins; the last row has none. */
export interface Band {
  readonly cap?: Exact;
  readonly rate: Exact;
}

/** A coin as collateral and as debt, both counted in coins. */
export interface CoinTerms {
  /** Collateral value ratios, like tax brackets: each band of the amount at its own ratio. */
  readonly ratios: readonly Band[];
  /** Maintenance on an amount borrowed: one rate for the whole amount. Absent where it is not known: then all of it. */
  readonly borrow?: readonly Band[];
}

export interface BybitTerms {
  /** Which price values a position for its margin: mark since 2025-09-02, entry before. */
  readonly valuation: "mark" | "entry";
  readonly contracts: Readonly<Record<string, ContractTerms>>;
  readonly coins: Readonly<Record<string, CoinTerms>>;
}

const bad = (of: string, row: number, problem: string, value: string) =>
  fail(why("bybit/bad-tiers", { of, row: `${row}`, problem, value, next: "fetch this table again" }));

/**
 * Refuses a risk-limit table that lost rows or is out of order: each floor is the cap below it, rates rise, and each deduction is
 * the running sum `before + floor * (rate - rate before)`, so that the charge has no jump.
 * @source 30 rows of BTCPERP, 2025-12-29: true in every one.
 */
export function checkTiers(of: string, tiers: readonly Tier[]): Result<void, Why> {
  if (tiers.length === 0) return bad(of, 0, "the table is empty", "no rows");
  for (const [index, { floor, cap, mmr, deduction }] of tiers.entries()) {
    const before = tiers[index - 1] ?? { cap: ZERO, mmr: ZERO, deduction: ZERO };
    const sum = index === 0 ? ZERO : add(before.deduction, multiply(floor, subtract(mmr, before.mmr)));
    if (compare(floor, before.cap) !== 0) return bad(of, index + 1, "floor is not the cap below it", text(floor));
    if (compare(cap, floor) <= 0) return bad(of, index + 1, "cap is not above floor", text(cap));
    if (compare(mmr, before.mmr) <= 0) return bad(of, index + 1, "rate does not rise", text(mmr));
    if (compare(deduction, sum) !== 0)
      return bad(of, index + 1, `deduction is not the running sum ${text(sum)}`, text(deduction));
  }
  return ok(undefined);
}

/** Refuses bands that do not reach to infinity, whose caps do not rise, or whose rates move the wrong way. */
export function checkBands(of: string, bands: readonly Band[], rates: "fall" | "rise"): Result<void, Why> {
  const last = bands.length - 1;
  for (const [index, { cap, rate }] of bands.entries()) {
    const before = bands[index - 1];
    if ((cap === undefined) !== (index === last))
      return bad(of, index + 1, "the last row, and no other, has no cap", text(rate));
    if (cap !== undefined && compare(cap, before?.cap ?? ZERO) <= 0)
      return bad(of, index + 1, "cap does not rise", text(cap));
    if (before !== undefined && compare(rate, before.rate) * (rates === "fall" ? 1 : -1) > 0)
      return bad(of, index + 1, `rate does not ${rates}`, text(rate));
  }
  return bands.length === 0 ? bad(of, 0, "the table is empty", "no rows") : ok(undefined);
}

/** A row with its number, counted from 1. */
export interface TierRow extends Tier {
  readonly number: number;
}

/**
 * The row of a value. Neighbours charge the same on their boundary, so which of them takes it does not matter. Beyond the last cap
 * the last row of a complete table stands (only price can carry a position there); of one that is not complete it is unknown.
 */
export function tierOf(symbol: string, { tiers, complete }: ContractTerms, value: Exact): Result<TierRow, Why> {
  const index = tiers.findIndex(({ cap }) => compare(value, cap) <= 0);
  const at = index >= 0 ? index : complete ? tiers.length - 1 : -1;
  const tier = tiers[at];
  if (tier !== undefined) return ok({ ...tier, number: at + 1 });
  return fail(
    why("bybit/beyond-tiers", {
      symbol,
      value: text(value),
      next: "the value is beyond the last row that is known: read this symbol's whole risk-limit table",
    }),
  );
}
