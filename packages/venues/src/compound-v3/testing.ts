import type { Scene } from "@plimsoll/core/margin";
import { type Exact, exact, hash, invariant, ms, pow10 } from "@plimsoll/core/units";
import { INDEX_SCALE } from "./comet-math.ts";
import type { CometBody, Totals } from "./holding.ts";
import { compoundV3Id, oracleQuote, rulesWhole } from "./names.ts";
import { readCometTerms } from "./read-terms.ts";
import type { CometTerms } from "./terms.ts";
import document from "./terms/2022-08-26-ethereum-usdc.json" with { type: "json" };

const read = readCometTerms(document.body);
invariant(read.ok, "the shipped terms are readable");
/** The Ethereum USDC market as shipped: WETH is asset 2, WBTC asset 1. */
export const usdcMarket: CometTerms = read.value;

export const NOW = 1_700_000_000n;
export const nowMs = ms(Number(NOW) * 1000);

/** 500 million supplied, 400 million borrowed (80 %, the kink), 101 million of cash; touched just now at uneven indices. */
export const totals: Totals = {
  supplyIndex: 1_050_000_000_000_000n,
  borrowIndex: 1_080_000_000_000_000n,
  supplied: 476_190_476_190476n,
  borrowed: 370_370_370_370370n,
  lastAccrual: NOW,
  cash: 101_000_000_000000n,
};
/** The same market at indices of 1. */
export const evenTotals: Totals = { ...totals, supplyIndex: INDEX_SCALE, borrowIndex: INDEX_SCALE };

/** What an account has: collateral by asset in smallest units, the base principal with its sign. */
export function bodyOf(
  collateral: Readonly<Record<string, bigint>>,
  principal: bigint,
  more: Partial<CometBody> = {},
  terms: CometTerms = usdcMarket,
): CometBody {
  const funds = { wallet: "unknown", allowance: "unknown" } as const;
  return {
    market: terms.market,
    user: "0xa",
    payer: "0xa",
    block: 1n,
    timestamp: NOW,
    principal,
    totals: "not-read",
    funds,
    manager: true,
    collateral: terms.assets
      .filter(({ asset }) => Object.hasOwn(collateral, asset))
      .map(({ id, asset }) => ({ id, balance: collateral[asset]!, supplied: collateral[asset]!, funds })),
    ...more,
  };
}

/** A scene with prices as the feeds answer them (8 decimals), or exact ones. */
export function sceneOf(
  prices: Readonly<Record<string, bigint | Exact>>,
  terms: CometTerms = usdcMarket,
): Scene<CometTerms> {
  const quotes = Object.entries(prices).map(([asset, price]) => {
    const value = typeof price === "bigint" ? exact(price, 8) : price;
    return [oracleQuote(terms.market, asset), { value, kind: "oracle", asOf: nowMs }] as const;
  });
  const frame = {
    venue: compoundV3Id,
    rules: rulesWhole,
    validFrom: nowMs,
    hash: hash("0".repeat(64)),
    source: "test",
  };
  return { now: nowMs, quotes: new Map(quotes), terms: { ...frame, market: terms.market, body: terms } };
}

/** Whole tokens in an asset's smallest units. */
export const tokens = (asset: string, whole: bigint, terms: CometTerms = usdcMarket): bigint => {
  const found = [terms.base, ...terms.assets].find((each) => each.asset === asset);
  invariant(found !== undefined, `no asset ${asset}`);
  return whole * pow10(found.decimals);
};
