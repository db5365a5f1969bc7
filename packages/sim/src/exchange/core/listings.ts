import { ONE, fixed } from "./fixed.ts";
import { type Depth, type Instrument, type Tier, type WrittenTier, readTiers } from "./instrument.ts";

/**
 * Synthetic liquidity of a large market, a stated assumption: 1 bp spread, a level every 2 bp, 40 levels (80 bp deep), 400,000
 * on the first level growing 5 % a level, refilled within 20 seconds. Override it per instrument.
 */
export const DEEP: Depth = {
  halfSpread: fixed("0.00005"),
  spacing: fixed("0.0002"),
  levels: 40,
  base: fixed("400000"),
  growth: fixed("0.05"),
  refillMs: 20_000,
};

/** Rules that the listed symbols share; fees of a regular user, filters as exchange information printed them (from memory). */
const COMMON = {
  quote: "USDT",
  makerFee: fixed("0.0002"),
  takerFee: fixed("0.0005"),
  liquidationFee: fixed("0.0125"),
  bandUp: fixed("1.05"),
  bandDown: fixed("0.95"),
  marketBound: fixed("0.05"),
} as const;
const funding = (cap: string) => ({
  everyMs: 28_800_000,
  cap: fixed(cap),
  floor: -fixed(cap),
  interest: fixed("0.0001"),
});

type Row = readonly [tier: number, floor: string, cap: string | null, mmr: string, maxLeverage: string, amount: string];
const tiers = (rows: readonly Row[]): readonly Tier[] =>
  readTiers(
    rows.map(([tier, floor, cap, mmr, maxLeverage, amount]): WrittenTier => ({
      tier,
      floor,
      cap,
      mmr,
      maxLeverage,
      amount,
    })),
  );

// brackets of 2026-05-01: the snapshot maintained by the freqtrade project, release 2026.4
// oxfmt-ignore
const BTC = tiers([
  [1, "0", "300000", "0.004", "150", "0"], [2, "300000", "800000", "0.005", "100", "300"],
  [3, "800000", "3000000", "0.0065", "75", "1500"], [4, "3000000", "12000000", "0.01", "50", "12000"],
  [5, "12000000", "70000000", "0.02", "25", "132000"], [6, "70000000", "100000000", "0.025", "20", "482000"],
  [7, "100000000", "230000000", "0.05", "10", "2982000"], [8, "230000000", "480000000", "0.1", "5", "14482000"],
  [9, "480000000", "600000000", "0.125", "4", "26482000"], [10, "600000000", "800000000", "0.15", "3", "41482000"],
  [11, "800000000", "1200000000", "0.25", "2", "121482000"], [12, "1200000000", "1800000000", "0.5", "1", "421482000"],
]);
// oxfmt-ignore
const ETH = tiers([
  [1, "0", "300000", "0.004", "150", "0"], [2, "300000", "800000", "0.005", "100", "300"],
  [3, "800000", "3000000", "0.0065", "75", "1500"], [4, "3000000", "12000000", "0.01", "50", "12000"],
  [5, "12000000", "50000000", "0.02", "25", "132000"], [6, "50000000", "65000000", "0.025", "20", "382000"],
  [7, "65000000", "150000000", "0.05", "10", "2007000"], [8, "150000000", "320000000", "0.1", "5", "9507000"],
  [9, "320000000", "400000000", "0.125", "4", "17507000"], [10, "400000000", "530000000", "0.15", "3", "27507000"],
  [11, "530000000", "800000000", "0.25", "2", "80507000"], [12, "800000000", "1200000000", "0.5", "1", "280507000"],
]);
// oxfmt-ignore
const SOL = tiers([
  [1, "0", "50000", "0.005", "100", "0"], [2, "50000", "400000", "0.0065", "75", "75"],
  [3, "400000", "1000000", "0.01", "50", "1475"], [4, "1000000", "4000000", "0.02", "25", "11475"],
  [5, "4000000", "8000000", "0.025", "20", "31475"], [6, "8000000", "40000000", "0.05", "10", "231475"],
  [7, "40000000", "80000000", "0.1", "5", "2231475"], [8, "80000000", "100000000", "0.125", "4", "4231475"],
  [9, "100000000", "200000000", "0.25", "2", "16731475"], [10, "200000000", "400000000", "0.5", "1", "66731475"],
]);

/** Symbols ready to trade; pass `{ ...listing, takerFee }` for other rules. */
export const listings: Readonly<Record<"BTCUSDT" | "ETHUSDT" | "SOLUSDT", Instrument>> = {
  BTCUSDT: {
    ...COMMON,
    symbol: "BTCUSDT",
    base: "BTC",
    tick: fixed("0.1"),
    lot: fixed("0.001"),
    minNotional: 100n * ONE,
    funding: funding("0.003"),
    tiers: BTC,
    depth: DEEP,
  },
  ETHUSDT: {
    ...COMMON,
    symbol: "ETHUSDT",
    base: "ETH",
    tick: fixed("0.01"),
    lot: fixed("0.001"),
    minNotional: 20n * ONE,
    funding: funding("0.003"),
    tiers: ETH,
    depth: { ...DEEP, base: fixed("250000") },
  },
  SOLUSDT: {
    ...COMMON,
    symbol: "SOLUSDT",
    base: "SOL",
    tick: fixed("0.01"),
    lot: fixed("0.01"),
    minNotional: 5n * ONE,
    funding: funding("0.02"),
    tiers: SOL,
    depth: { ...DEEP, base: fixed("80000"), spacing: fixed("0.0003") },
  },
};
