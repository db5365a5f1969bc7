import type { Scene } from "@plimsoll/core/margin";
import { type Exact, exact, hash, ms } from "@plimsoll/core/units";
import {
  type MarketHeld,
  type MarketTerms,
  type MorphoBody,
  type MorphoTerms,
  type Totals,
  WAD,
  morphoBlueId,
  quoteOf,
  rulesV1,
} from "./room.ts";

export const NOW = 1_800_000_000n;

const token = (asset: string, decimals: number) => ({ asset, address: "unknown", decimals });
const market = (name: string, lltv: bigint, loan: [string, number], collateral: [string, number]): MarketTerms => ({
  market: name,
  id: "unknown",
  loan: token(...loan),
  collateral: token(...collateral),
  oracle: { name: `${collateral[0]}/${loan[0]}`, address: "unknown" },
  irm: "unknown",
  lltv,
  fee: 0n,
});

/** Loan tokens of 6 and 18 decimals, collateral of 18 and 8, one correlated pair. */
export const TERMS: MorphoTerms = {
  deployment: "test",
  chainId: 1,
  markets: [
    market("wstETH-USDC", (86n * WAD) / 100n, ["USDC", 6], ["wstETH", 18]),
    market("WBTC-DAI", (77n * WAD) / 100n, ["DAI", 18], ["WBTC", 8]),
    market("wstETH-WETH", (945n * WAD) / 1000n, ["WETH", 18], ["wstETH", 18]),
  ],
  completeness: "made up",
};

export const marketNamed = (name: string, { markets } = TERMS): MarketTerms => {
  const found = markets.find((each) => each.market === name);
  if (found === undefined) throw new Error(`no market ${name}`);
  return found;
};

/** A market that others use too: the shares of a debt are worth about one millionth more than at the start. */
export const totalsOf = (change: Partial<Totals> = {}): Totals => ({
  supplyAssets: 900_000_000_000_000n,
  supplyShares: 880_000_000_000_000_000_000n,
  borrowAssets: 700_000_000_000_001n,
  borrowShares: 690_000_000_000_000_000_123n,
  lastUpdate: NOW - 1_000n,
  borrowRate: 1_585_489_599n,
  ...change,
});

export const heldIn = (name: string, change: Partial<MarketHeld> = {}): MarketHeld => ({
  market: name,
  totals: totalsOf(),
  supplyShares: 0n,
  borrowShares: 0n,
  collateral: 0n,
  ...change,
});

export const bodyOf = (markets: readonly MarketHeld[], change: Partial<MorphoBody> = {}): MorphoBody => ({
  deployment: TERMS.deployment,
  owner: "me",
  payer: "me",
  block: 1n,
  timestamp: NOW,
  markets,
  purses: [],
  ...change,
});

/** A scene with a price for each named market, loan tokens for one collateral token. */
export const sceneOf = (prices: Readonly<Record<string, Exact>>, terms: MorphoTerms = TERMS): Scene<MorphoTerms> => {
  const now = ms(Number(NOW) * 1000);
  return {
    now,
    quotes: new Map(
      Object.entries(prices).map(([name, value]) => [
        quoteOf(terms, marketNamed(name, terms)),
        { value, kind: "oracle", asOf: now } as const,
      ]),
    ),
    terms: {
      venue: morphoBlueId,
      rules: rulesV1,
      validFrom: ms(0),
      hash: hash("0".repeat(64)),
      source: "test",
      body: terms,
    },
  };
};

/** A price as the oracle of a pair would answer it, from a price in millionths. */
export const priceOf = (millionths: bigint): Exact => exact(millionths, 6);
