import { DEEP, type Instrument, type Tier, fixed } from "@plimsoll/sim/exchange";

/** Margin currency of the linear perpetuals. */
export const CURRENCY = "USDC";

/**
 * Maintenance of 1 % of the notional and more for each coin held. The exchange takes a position of the first row whole and larger ones
 * in part, as this venue does, so that the first row is small.
 * @source Deribit, margin of linear futures
 */
const tiersOf = (perCoin: string): readonly Tier[] => {
  const row = { rate: fixed("0.01"), amount: 0n, maxLeverage: 50, perCoin: fixed(perCoin) };
  return [
    { ...row, tier: 1, floor: 0n, cap: fixed("10") },
    { ...row, tier: 2, floor: fixed("10"), cap: null },
  ];
};

/** Fees and liquidation fee as instruments tell them; the band is that of a recorded ticker: max_price is 1.015 times mark_price. Funding caps are assumed. */
const COMMON = {
  quote: CURRENCY,
  lot: fixed("0.001"),
  minNotional: 0n,
  makerFee: 0n,
  takerFee: fixed("0.0005"),
  liquidationFee: fixed("0.0075"),
  bandUp: fixed("1.015"),
  bandDown: fixed("0.985"),
  marketBound: fixed("0.015"),
  funding: { everyMs: 28_800_000, cap: fixed("0.005"), floor: -fixed("0.005"), interest: 0n },
} as const;

/** Linear perpetuals ready to trade, by the venue's names. */
export const perpetuals: Readonly<Record<"BTC" | "ETH", Instrument>> = {
  BTC: {
    ...COMMON,
    symbol: "BTC_USDC-PERPETUAL",
    base: "BTC",
    tick: fixed("0.5"),
    tiers: tiersOf("0.00005"),
    depth: DEEP,
  },
  ETH: {
    ...COMMON,
    symbol: "ETH_USDC-PERPETUAL",
    base: "ETH",
    tick: fixed("0.05"),
    tiers: tiersOf("0.000004"),
    depth: { ...DEEP, base: fixed("250000") },
  },
};

/** The price index of a contract: "btc_usdc". */
export const pairOf = ({ base, quote }: Pick<Instrument, "base" | "quote">): string => `${base}_${quote}`.toLowerCase();
