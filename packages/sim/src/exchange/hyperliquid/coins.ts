import { DEEP, type Instrument, ONE, type Tier, fixed } from "@plimsoll/sim/exchange";

/** Collateral of the first dex. */
export const COLLATERAL = "USDC";

/** Maintenance is half of the initial margin at the largest leverage. @source hyperliquid.gitbook.io, margining and margin tiers */
const rateOf = (maxLeverage: number): bigint => ONE / BigInt(2 * maxLeverage);

/** A margin table as the venue prints it. Largest leverages here divide one half at eight decimals, or are cut there. */
function tiersOf(rows: readonly (readonly [from: string, maxLeverage: number])[]): readonly Tier[] {
  const tiers: Tier[] = [];
  for (const [at, [from, maxLeverage]] of rows.entries()) {
    const [next, before] = [rows[at + 1], tiers.at(-1)];
    const [floor, rate] = [fixed(from), rateOf(maxLeverage)];
    const amount = before === undefined ? 0n : before.amount + (floor * (rate - before.rate)) / ONE;
    tiers.push({ tier: at + 1, floor, cap: next === undefined ? null : fixed(next[0]), rate, amount, maxLeverage });
  }
  return tiers;
}

/** Fees of a new user, price band, slippage of a triggered market order, funding each hour. @source hyperliquid.gitbook.io, from memory */
const COMMON = {
  quote: COLLATERAL,
  minNotional: 10n * ONE,
  makerFee: fixed("0.00015"),
  takerFee: fixed("0.00045"),
  liquidationFee: 0n,
  bandUp: fixed("1.8"),
  bandDown: fixed("0.2"),
  marketBound: fixed("0.1"),
  funding: { everyMs: 3_600_000, cap: fixed("0.04"), floor: -fixed("0.04"), interest: fixed("0.0001") },
} as const;

/**
 * Coins of the first dex. The tick is the one that five figures leave at the usual prices: the exchange has one tick for all prices.
 * @source tables and size decimals: `meta` of the venue
 */
export const coins: Readonly<Record<"BTC" | "ETH", Instrument>> = {
  BTC: {
    ...COMMON,
    symbol: "BTC",
    base: "BTC",
    tick: fixed("1"),
    lot: fixed("0.00001"),
    tiers: tiersOf([
      ["0", 40],
      ["150000000", 20],
    ]),
    depth: DEEP,
  },
  ETH: {
    ...COMMON,
    symbol: "ETH",
    base: "ETH",
    tick: fixed("0.1"),
    lot: fixed("0.0001"),
    tiers: tiersOf([
      ["0", 25],
      ["100000000", 15],
    ]),
    depth: { ...DEEP, base: fixed("250000") },
  },
};
