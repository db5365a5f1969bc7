import { invariant } from "@plimsoll/core/units";
import { ONE, fixed } from "./fixed.ts";

/** One row of the venue's bracket table; money and rates are integers of 1e-8. */
export interface Tier {
  readonly tier: number;
  readonly floor: bigint;
  /** null = unbounded. */
  readonly cap: bigint | null;
  readonly rate: bigint;
  readonly amount: bigint;
  readonly maxLeverage: number;
  /** What each coin held adds to the rate; absent where rates do not grow inside a tier. */
  readonly perCoin?: bigint;
}

/** Synthetic liquidity on each side of the driven price; shares are integers of 1e-8. */
export interface Depth {
  /** Best price to mid, then from level to level, as shares of the price. */
  readonly halfSpread: bigint;
  readonly spacing: bigint;
  readonly levels: number;
  /** Money on the first level; level k holds `base * (1 + growth * k)`, times a seeded 0.5 to 1.5. */
  readonly base: bigint;
  readonly growth: bigint;
  /** Time in which a side eaten empty is whole again. */
  readonly refillMs: number;
}

/** A linear perpetual contract. All integers are 1e-8 unless said otherwise. */
export interface Instrument {
  readonly symbol: string;
  readonly base: string;
  /** Quote and margin asset. */
  readonly quote: string;
  readonly tick: bigint;
  readonly lot: bigint;
  readonly minNotional: bigint;
  readonly makerFee: bigint;
  readonly takerFee: bigint;
  /** Insurance clearance fee, charged on the amount liquidated only. */
  readonly liquidationFee: bigint;
  /** PERCENT_PRICE filter: limit prices as multiples of mark. */
  readonly bandUp: bigint;
  readonly bandDown: bigint;
  /** Furthest a market order may trade from mark (`marketTakeBound`). */
  readonly marketBound: bigint;
  readonly funding: {
    readonly everyMs: number;
    readonly cap: bigint;
    readonly floor: bigint;
    readonly interest: bigint;
  };
  readonly tiers: readonly Tier[];
  readonly depth: Depth;
}

/** A tier row as margin documents write it: decimal text. */
export interface WrittenTier {
  readonly tier: number;
  readonly floor: string;
  readonly cap: string | null;
  readonly mmr: string;
  readonly maxLeverage: string;
  readonly amount: string;
}
export const readTiers = (rows: readonly WrittenTier[]): readonly Tier[] =>
  rows.map((row) => ({
    tier: row.tier,
    floor: fixed(row.floor),
    cap: row.cap === null ? null : fixed(row.cap),
    rate: fixed(row.mmr),
    amount: fixed(row.amount),
    maxLeverage: Number(row.maxLeverage),
  }));

/** Floors and caps of a user whose brackets were adjusted: multiplied by `notionalCoef`, and the amounts follow. */
export const scaleTiers = (tiers: readonly Tier[], coef: bigint): readonly Tier[] =>
  coef === ONE
    ? tiers
    : tiers.map((tier) => ({
        ...tier,
        floor: (tier.floor * coef) / ONE,
        cap: tier.cap === null ? null : (tier.cap * coef) / ONE,
        amount: (tier.amount * coef) / ONE,
      }));

/** @throws when trades could leave fractions of 1e-8, or the table has holes. */
export function checkInstrument(instrument: Instrument): void {
  const { symbol, tick, lot, tiers } = instrument;
  invariant((tick * lot) % ONE === 0n, `${symbol}: tick times lot has more than eight decimals`);
  invariant(tiers.length > 0 && tiers[0]?.floor === 0n, `${symbol}: the tier table does not start at 0`);
  tiers.forEach((tier, at) => {
    const next = tiers[at + 1];
    invariant(next === undefined || tier.cap === next.floor, `${symbol}: a hole after tier ${tier.tier}`);
  });
}
