import type { Market, Quote, Scene } from "@plimsoll/core/margin";
import { type QuoteKey, dec, hash, invariant, known, ms, unknown, why } from "@plimsoll/core/units";
import type { Batch, Branch, LiquityBody, Trove } from "./holding.ts";
import { liquityV2Id, oracleQuote, rulesBold } from "./names.ts";
import { readLiquityTerms } from "./read-terms.ts";
import type { LiquityTerms } from "./terms.ts";
import constants from "./terms/2025-05-19.json" with { type: "json" };

const read = readLiquityTerms(constants.body);
invariant(read.ok, "the shipped terms are readable");
/** The shipped terms. */
export const ETHEREUM: LiquityTerms = read.value;

export const WEI = 10n ** 18n;
/** Seconds. */
export const THEN = 1_760_000_000n;
export const NOW = ms(Number(THEN) * 1000);
const NOTHING = { coll: 0n, debt: 0n };

/** A branch nobody else uses: nothing taken over, totals and pool unknown unless given. */
export const branchOf = (more: Partial<Branch> = {}): Branch => ({
  ...{ branch: "WETH", totals: "unknown", pool: "unknown", shutdownTime: 0n, stakes: "unknown" },
  perStake: NOTHING,
  ...more,
});

/** A trove whose owner sets the rate: units of collateral, debt and yearly rate. */
export const troveOf = (coll: bigint, debt: bigint, rate = 0n, more: Partial<Trove> = {}): Trove => ({
  ...{ id: "1", branch: "WETH", status: "active", coll, stake: coll, snapshot: NOTHING, debtInFront: "unknown" },
  recorded: { by: "owner", debt, rate, lastUpdate: THEN },
  ...more,
});

/** A trove with shares of a batch. */
export const batchedOf = (coll: bigint, shares: bigint, more: Partial<Trove> = {}): Trove =>
  troveOf(coll, 0n, 0n, { recorded: { by: "batch", manager: "m", shares }, ...more });
export const batchOf = (more: Partial<Batch> = {}): Batch => ({
  ...{ manager: "m", branch: "WETH", debt: 0n, lastUpdate: THEN, rate: 0n, fee: 0n, shares: 0n },
  ...more,
});

export const bodyOf = (troves: readonly Trove[], more: Partial<LiquityBody> = {}): LiquityBody => ({
  ...{ market: ETHEREUM.market, owner: "0xa", block: 1n, timestamp: THEN, surplus: [], wallet: "unknown" },
  ...{ branches: [branchOf()], batches: [], troves },
  ...more,
});

/** Prices by branch as decimal text. */
export function sceneOf(prices: Readonly<Record<string, string>>): Scene<LiquityTerms> {
  const quotes = new Map<QuoteKey, Quote>(
    Object.entries(prices).map(([branch, price]) => [
      oracleQuote(branch),
      { value: dec(price), kind: "oracle", asOf: NOW },
    ]),
  );
  const frame = { venue: liquityV2Id, rules: rulesBold, market: ETHEREUM.market, validFrom: NOW };
  return { now: NOW, quotes, terms: { ...frame, hash: hash("0".repeat(64)), source: "test", body: ETHEREUM } };
}

/** A market that fills any size at one price. */
export const marketAt = (price: string): Market => ({ fill: () => known(dec(price), NOW) });
export const noMarket: Market = { fill: () => unknown(why("no-book")) };
