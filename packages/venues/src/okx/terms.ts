import { type Band, type TableRow, type TableRules, bandRows, checkTable, refuseShrunk } from "@plimsoll/core/margin";
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
  text,
  why,
} from "@plimsoll/core/units";

export type { Band } from "@plimsoll/core/margin";

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

/** The venue leaves a gap of one size step between a cap and the next floor; a larger one is a lost row. */
const positionTable: TableRules = { venue: "okx", step: ONE };
const endless: TableRules = { venue: "okx", top: "endless" };

/**
 * Refuses a position-tier table that lost rows in the middle or is out of order. Rows missing at the top cannot be seen here: a
 * size beyond the last cap is unknown instead.
 * @source position-tier snapshots of 2026-05: caps 20000 then floor 20001, or 9520 then 9520.01.
 */
export const checkTiers = (of: string, tiers: readonly Tier[]): Result<void, Why> =>
  checkTable(of, tierRows(tiers), positionTable);

const tierRows = (tiers: readonly Tier[]) => tiers.map(({ floor, cap, mmr }) => ({ floor, cap, rate: mmr }));

/** Refuses a pair's table whose loans or rate fall from one row to the next. */
export function checkLoanTiers(of: string, tiers: readonly LoanTier[]): Result<void, Why> {
  const base = checkTable(of, loanRows(tiers, "baseLoan"), positionTable);
  return base.ok ? checkTable(of, loanRows(tiers, "quoteLoan"), positionTable) : base;
}

/** One side of a pair's table as rows that start where the one before ends. */
const loanRows = (tiers: readonly LoanTier[], side: "baseLoan" | "quoteLoan"): readonly TableRow[] =>
  tiers.map((tier, index) => ({ floor: tiers[index - 1]?.[side] ?? ZERO, cap: tier[side], rate: tier.mmr }));

/**
 * Refuses bands that do not reach to infinity, whose caps fall, or whose rates move the wrong way: discounts fall with the
 * amount, rates on debts rise.
 */
export const checkBands = (of: string, bands: readonly Band[], rates: "fall" | "rise"): Result<void, Why> =>
  checkTable(of, bandRows(bands), { ...endless, rates: rates === "fall" ? "never-rises" : "never-falls" });

/** Refuses terms in which a table lost rows or reach against the terms before; a table that is gone is shrunk to nothing. */
export function refuseShrunkTerms(before: OkxTerms, after: OkxTerms): Result<void, Why> {
  const [old, now] = [tablesOf(before), tablesOf(after)];
  for (const [of, rows] of old) {
    const checked = refuseShrunk(of, rows, now.get(of) ?? [], positionTable);
    if (!checked.ok) return checked;
  }
  return ok(undefined);
}

const tablesOf = ({ contracts, pairs, coins }: OkxTerms): ReadonlyMap<string, readonly TableRow[]> =>
  new Map<string, readonly TableRow[]>([
    ...Object.entries(contracts).map(([of, { tiers }]) => [of, tierRows(tiers)] as const),
    ...Object.entries(pairs).map(([of, { tiers }]) => [of, loanRows(tiers, "baseLoan")] as const),
    ...Object.entries(coins).map(([of, { discounts }]) => [`${of} discounts`, bandRows(discounts)] as const),
    ...Object.entries(coins).map(([of, { borrow = [] }]) => [`${of} borrow`, bandRows(borrow)] as const),
  ]);

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
