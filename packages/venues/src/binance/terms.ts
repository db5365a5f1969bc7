import { type TableRules, checkTable, refuseShrunk } from "@plimsoll/core/margin";
import { type Exact, ONE, type Result, type Why, compare, fail, multiply, ok, text, why } from "@plimsoll/core/units";
import type { Contract } from "./contract-value.ts";

/** One row of a leverage bracket: the whole notional in [floor, cap) is charged `notional * rate - amount` (the venue's "cum"). */
export interface Tier {
  readonly floor: Exact;
  readonly cap: Exact;
  readonly rate: Exact;
  readonly amount: Exact;
  readonly maxLeverage: Exact;
}

/** What the venue charges and allows for one contract, in its margin asset. */
export interface SymbolTerms extends Contract {
  readonly asset: string;
  readonly tick: Exact;
  readonly step: Exact;
  readonly minSize: Exact;
  readonly minNotional: Exact;
  readonly takerFee: Exact;
  /** Insurance clearance fee, as a share of the notional that a liquidation closes. */
  readonly liquidationFee: Exact;
  readonly tiers: readonly Tier[];
  /** Bounds of the funding rate; absent where the venue was not asked or did not tell them. */
  readonly funding?: FundingBounds;
}

/** The highest and the lowest rate of one settlement. */
export interface FundingBounds {
  readonly cap: Exact;
  readonly floor: Exact;
}

/** What an asset counts where all stand together. */
export interface AssetTerms {
  /** Share of its value in USD that counts, band by band from a first floor of 0; the last goes on without end. */
  readonly collateral: readonly { readonly floor: Exact; readonly rate: Exact }[];
  /** What the venue adds to the index for an asset that is owed. */
  readonly askBuffer: Exact;
}

/** Levels of adjusted equity / maintenance at which portfolio margin acts. */
export interface UniMmr {
  readonly warn: Exact;
  readonly reduceOnly: Exact;
  readonly liquidation: Exact;
  readonly claim: Exact;
}

export interface BinanceTerms {
  readonly symbols: Readonly<Record<string, SymbolTerms>>;
  /** Absent where each asset stands for itself. */
  readonly assets?: Readonly<Record<string, AssetTerms>>;
  /** USD below 0 at which the venue sells other assets to refill one. */
  readonly autoExchange?: Exact;
  /** Of portfolio margin alone. */
  readonly uniMmr?: UniMmr;
}

/** An entry of a table by its own key; a name that objects inherit is not one. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const table: TableRules = { venue: "binance" };

/**
 * Refuses a table that cannot be the venue's (see `checkTable`), or whose top row still allows leverage: then rows are missing
 * above it.
 * @source continuity: all tables of the 2026-05 snapshot; every complete table there ends at leverage 1.
 */
export function checkTiers(symbol: string, tiers: readonly Tier[]): Result<readonly Tier[], Why> {
  const checked = checkTable(symbol, tiers, table);
  if (!checked.ok) return checked;
  const top = tiers.at(-1)!;
  if (compare(top.maxLeverage, ONE) === 0) return ok(tiers);
  return fail(
    why("binance/bad-tiers", {
      of: symbol,
      row: `${tiers.length} of ${tiers.length}`,
      problem: "rows are missing above: leverage is not 1",
      value: text(top.maxLeverage),
      next: "fetch the leverage brackets of this symbol again with the account's own key",
    }),
  );
}

/** Refuses a table that lost rows or reach against the one before. */
export const refuseShrunkTiers = (symbol: string, before: readonly Tier[], after: readonly Tier[]): Result<void, Why> =>
  refuseShrunk(symbol, before, after, table);

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
