import { type TableRow, type TableRules, checkTable, refuseShrunk } from "@plimsoll/core/margin";
import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  ZERO,
  add,
  atLeast,
  exact,
  multiply,
  ok,
} from "@plimsoll/core/units";

/** A share that need not end as a decimal. */
export interface Share {
  readonly over: bigint;
  readonly under: bigint;
}

/** One row of a margin table as the venue publishes it. */
export interface Row {
  readonly from: Exact;
  readonly maxLeverage: bigint;
}

/** A row joined with its running sum: maintenance of the whole notional is (notional * weight - amount) / `under` of its table. */
export interface Tier extends Row {
  readonly weight: bigint;
  readonly amount: Exact;
}
export interface MarginTable {
  /** The denominator that all rows share, so that 1/30 stays exact. */
  readonly under: bigint;
  readonly tiers: readonly Tier[];
}

export interface CoinTerms {
  readonly table: MarginTable;
  /** Decimals of a size; absent where no document that we have tells: then no order can be checked. */
  readonly sizeDecimals?: number;
  /** "strict": isolated, and margin cannot be taken out. */
  readonly margin: "any" | "isolated" | "strict";
}

export interface DexTerms {
  readonly token: string;
  /** Whether a liquidator vault takes over below the backstop line. */
  readonly backstop: boolean;
}

/** Rules that hold for every coin of a document. */
export interface Rules {
  /** Maintenance margin is the initial margin at the row's largest leverage, divided by this. */
  readonly maintenanceDivisor: bigint;
  /** How the venue printed `liquidationPx`: at the line itself, or (2023) leaving out that maintenance moves with the price. */
  readonly printedPrice: "at-the-line" | "maintenance-frozen";
  /** What must stay behind when money leaves: at least this share of the notional, and the initial margin. */
  readonly transferShare: Exact;
  /** The backstop line as a share of maintenance. */
  readonly backstop: Share;
  /** A larger position is first closed by a share only; the rest after the cool-down. */
  readonly partial: { readonly above: Exact; readonly share: Exact; readonly coolDownMs: Ms };
  readonly fundingEveryMs: Ms;
  /** The largest funding rate of an interval, either way; absent where no document states one. */
  readonly fundingCap?: Exact;
  readonly takerFee: Exact;
  readonly minOrder: Exact;
  /** Prices have at most so many significant figures, and so many decimals less those of the size. */
  readonly priceFigures: number;
  readonly priceDecimals: number;
}

export interface HyperliquidTerms {
  readonly rules: Rules;
  readonly dexes: Readonly<Record<string, DexTerms>>;
  readonly coins: Readonly<Record<string, CoinTerms>>;
}

const table: TableRules = { venue: "hyperliquid", top: "endless" };

/**
 * Joins the rows of a table with their running sums, or refuses one that cannot be the venue's: empty, not from 0, not
 * ascending, or with a leverage that does not fall.
 * @source Hyperliquid documentation, margin tiers: maintenance deduction(n) = deduction(n-1) + from(n) * (rate(n) - rate(n-1)).
 */
export function marginTable(name: string, rows: readonly Row[], divisor: bigint): Result<MarginTable, Why> {
  const under = divisor * rows.map(({ maxLeverage }) => maxLeverage).reduce(leastCommonMultiple, 1n);
  const weights = rows.map(({ maxLeverage }) => under / (divisor * maxLeverage));
  const checked = checkTable(name, tableRows(rows, weights), table);
  if (!checked.ok) return checked;
  const tiers: Tier[] = [];
  for (const [index, row] of rows.entries()) {
    const [weight, before] = [weights[index]!, tiers.at(-1)];
    const amount = before === undefined ? ZERO : add(before.amount, multiply(row.from, exact(weight - before.weight)));
    tiers.push({ ...row, weight, amount });
  }
  return ok({ under, tiers });
}

/** Rows that end where the next one starts; the last one never. */
const tableRows = (rows: readonly Row[], weights: readonly bigint[]): readonly TableRow[] =>
  rows.map(({ from: floor }, index) => {
    const cap = rows[index + 1]?.from;
    return { floor, rate: exact(weights[index]!), ...(cap !== undefined && { cap }) };
  });

/** Refuses a table that lost rows against the one before. */
export const refuseShrunkTable = (name: string, before: MarginTable, after: MarginTable): Result<void, Why> =>
  refuseShrunk(name, rowsOf(before), rowsOf(after), table);

const rowsOf = ({ tiers }: MarginTable): readonly TableRow[] =>
  tableRows(
    tiers,
    tiers.map(({ weight }) => weight),
  );

/** The row of a notional. Neighbours agree on the boundary itself, so which of them takes it does not matter. */
export function tierAt({ tiers }: MarginTable, notional: Exact): Tier {
  const found = tiers.findLast(({ from }) => atLeast(notional, from)) ?? tiers[0];
  if (found === undefined) throw new Error("invariant broken: a table without rows passed marginTable");
  return found;
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}
