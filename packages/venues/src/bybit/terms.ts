import { type Band, type TableRow, type TableRules, bandRows, checkTable, refuseShrunk } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, compare, fail, ok, text, why } from "@plimsoll/core/units";

export type { Band } from "@plimsoll/core/margin";

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

const valueTable: TableRules = { venue: "bybit" };
const endless: TableRules = { venue: "bybit", top: "endless" };

/**
 * Refuses a risk-limit table that lost rows or is out of order: each floor is the cap below it, rates rise, and each deduction is
 * the running sum, so that the charge has no jump. Rows lost at the top cannot be seen here: see `refuseShrunkTerms`.
 * @source 30 rows of BTCPERP, 2025-12-29: true in every one.
 */
export const checkTiers = (of: string, tiers: readonly Tier[]): Result<void, Why> =>
  checkTable(of, tierRows(tiers), valueTable);

const tierRows = (tiers: readonly Tier[]): readonly TableRow[] =>
  tiers.map(({ floor, cap, mmr, deduction }) => ({ floor, cap, rate: mmr, amount: deduction }));

/** Refuses bands that do not reach to infinity, whose caps do not rise, or whose rates move the wrong way. */
export const checkBands = (
  of: string,
  bands: readonly Band[],
  rates: "never-falls" | "never-rises",
): Result<void, Why> => checkTable(of, bandRows(bands), { ...endless, rates });

/** Refuses terms in which a table lost rows against the terms before; a table that is gone is shrunk to nothing. */
export function refuseShrunkTerms(before: BybitTerms, after: BybitTerms): Result<void, Why> {
  const now = tablesOf(after);
  for (const [of, rows] of tablesOf(before)) {
    const checked = refuseShrunk(of, rows, now.get(of) ?? [], valueTable);
    if (!checked.ok) return checked;
  }
  return ok(undefined);
}

const tablesOf = ({ contracts, coins }: BybitTerms): ReadonlyMap<string, readonly TableRow[]> =>
  new Map([
    ...Object.entries(contracts).map(([of, { tiers }]) => [of, tierRows(tiers)] as const),
    ...Object.entries(coins).map(([of, { ratios }]) => [`${of} ratios`, bandRows(ratios)] as const),
    ...Object.entries(coins).map(([of, { borrow = [] }]) => [`${of} borrow`, bandRows(borrow)] as const),
  ]);

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
