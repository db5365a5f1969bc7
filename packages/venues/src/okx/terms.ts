import {
  type Exact,
  type Result,
  type Why,
  ONE,
  ZERO,
  compare,
  fail,
  magnitude,
  ok,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";

/** One row of a position-tier table: all of a size in (floor, cap] is charged `mmr`; nothing is deducted. */
export interface Tier {
  readonly floor: Exact;
  readonly cap: Exact;
  readonly mmr: Exact;
}

/** A swap or expiry future. `size` of one contract is in base coins when linear, in quote units when inverse. */
export interface ContractTerms {
  readonly type: "linear" | "inverse";
  readonly settle: string;
  /** The unit of its prices. */
  readonly quote: string;
  readonly size: Exact;
  readonly tick: Exact;
  readonly lot: Exact;
  readonly takerFee: Exact;
  /** Counted in contracts. */
  readonly tiers: readonly Tier[];
}

/** One row of a spot pair's table: the loans it covers, each counted in its own coin. */
export interface LoanTier {
  readonly baseLoan: Exact;
  readonly quoteLoan: Exact;
  readonly mmr: Exact;
}

export interface PairTerms {
  readonly base: string;
  readonly quote: string;
  readonly takerFee: Exact;
  readonly tiers: readonly LoanTier[];
}

/** One row of a coin's table, up to and with `cap`; the last row has none. */
export interface Band {
  readonly cap?: Exact;
  readonly rate: Exact;
}

/** A coin as collateral and as debt, in multi-currency margin. */
export interface CoinTerms {
  /** What `discounts` count: the coin's value in USD, or coins. */
  readonly discountBy: "usd" | "coins";
  /** Marginal, like tax brackets: each band of the amount at its own rate. */
  readonly discounts: readonly Band[];
  /** Maintenance on an amount owed, counted in coins: one rate for the whole amount. Absent where it is not known. */
  readonly borrow?: readonly Band[];
}

export interface OkxTerms {
  readonly contracts: Readonly<Record<string, ContractTerms>>;
  readonly pairs: Readonly<Record<string, PairTerms>>;
  readonly coins: Readonly<Record<string, CoinTerms>>;
}

const bad = (of: string, row: number, problem: string, value: string) =>
  fail(why("okx/bad-tiers", { of, row: `${row}`, problem, value, next: "fetch this table again" }));

/**
 * Refuses a position-tier table that lost rows in the middle or is out of order. The venue leaves a gap of one size step
 * between a cap and the next floor; a larger one is a lost row. Rows missing at the top cannot be seen here: a size beyond
 * the last cap is unknown instead.
 * @source position-tier snapshots of 2026-05: caps 20000 then floor 20001, or 9520 then 9520.01.
 */
export function checkTiers(of: string, tiers: readonly Tier[]): Result<void, Why> {
  if (tiers.length === 0) return bad(of, 0, "the table is empty", "no rows");
  for (const [index, { floor, cap, mmr }] of tiers.entries()) {
    const before = tiers[index - 1];
    const gap = subtract(floor, before?.cap ?? ZERO);
    if (before === undefined ? compare(floor, ZERO) !== 0 : compare(gap, ZERO) < 0 || compare(gap, ONE) > 0)
      return bad(of, index + 1, "floor does not follow the cap below it", text(floor));
    if (compare(cap, floor) <= 0) return bad(of, index + 1, "cap is not above floor", text(cap));
    if (compare(mmr, before?.mmr ?? ZERO) <= 0) return bad(of, index + 1, "rate does not rise", text(mmr));
  }
  return ok(undefined);
}

/** Refuses a pair's table whose loans or rate fall from one row to the next. */
export function checkLoanTiers(of: string, tiers: readonly LoanTier[]): Result<void, Why> {
  if (tiers.length === 0) return bad(of, 0, "the table is empty", "no rows");
  for (const [index, { baseLoan, quoteLoan, mmr }] of tiers.entries()) {
    const before = tiers[index - 1] ?? { baseLoan: ZERO, quoteLoan: ZERO, mmr: ZERO };
    if (compare(baseLoan, before.baseLoan) <= 0) return bad(of, index + 1, "base loan does not rise", text(baseLoan));
    if (compare(quoteLoan, before.quoteLoan) <= 0)
      return bad(of, index + 1, "quote loan does not rise", text(quoteLoan));
    if (compare(mmr, before.mmr) <= 0) return bad(of, index + 1, "rate does not rise", text(mmr));
  }
  return ok(undefined);
}

/**
 * Refuses bands that do not reach to infinity, whose caps fall, or whose rates move the wrong way: discounts fall with the
 * amount, rates on debts rise.
 */
export function checkBands(of: string, bands: readonly Band[], rates: "fall" | "rise"): Result<void, Why> {
  if (bands.length === 0) return bad(of, 0, "the table is empty", "no rows");
  for (const [index, { cap, rate }] of bands.entries()) {
    const before = bands[index - 1];
    const last = index === bands.length - 1;
    if ((cap === undefined) !== last) return bad(of, index + 1, "the last row, and no other, has no cap", text(rate));
    if (cap !== undefined && compare(cap, before?.cap ?? ZERO) <= 0)
      return bad(of, index + 1, "cap does not rise", text(cap));
    if (before !== undefined && compare(rate, before.rate) * (rates === "fall" ? 1 : -1) > 0)
      return bad(of, index + 1, `rate does not ${rates}`, text(rate));
  }
  return ok(undefined);
}

/** Row number, counted from 1, and row of a position of this many contracts (with open orders); unknown beyond the last cap. */
export function tierOf(
  instrument: string,
  { tiers }: ContractTerms,
  contracts: Exact,
): Result<{ readonly number: number; readonly mmr: Exact }, Why> {
  const size = magnitude(contracts);
  const index = tiers.findIndex(({ cap }) => compare(size, cap) <= 0);
  const tier = tiers[index];
  return tier === undefined ? beyond(instrument, text(size)) : ok({ number: index + 1, mmr: tier.mmr });
}

/** The same of a spot pair: the lowest row that covers both loans. */
export function loanTierOf(
  instrument: string,
  { tiers }: PairTerms,
  owed: { readonly base: Exact; readonly quote: Exact },
): Result<{ readonly number: number; readonly mmr: Exact }, Why> {
  const covers = ({ baseLoan, quoteLoan }: LoanTier) =>
    compare(owed.base, baseLoan) <= 0 && compare(owed.quote, quoteLoan) <= 0;
  const index = tiers.findIndex(covers);
  const tier = tiers[index];
  if (tier === undefined) return beyond(instrument, `${text(owed.base)} base, ${text(owed.quote)} quote`);
  return ok({ number: index + 1, mmr: tier.mmr });
}

const beyond = (instrument: string, size: string) =>
  fail(
    why("okx/beyond-tiers", {
      instrument,
      size,
      next: "the size is beyond the last row that is known: read this instrument's whole position-tier table",
    }),
  );
