import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type QuoteKey,
  type Result,
  type Why,
  ZERO,
  add,
  compare,
  fail,
  isNegative,
  multiply,
  ok,
  quoteKey,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import { type AssetTerms, type BinanceTerms, entryOf } from "./terms.ts";

/** One asset of an account that counts all of them together, in USD. */
export interface AssetValue {
  readonly asset: string;
  /** Wallet and profit, in the asset. */
  readonly amount: Exact;
  readonly index: Exact;
  readonly terms: AssetTerms;
  /** What counts: less the haircut when above 0, in full and at the asking rate when below. */
  readonly value: Exact;
}

/** The key of an asset's index in a scene: what the venue counts a unit of it in USD. */
export const indexKeyIn = ({ terms }: Scene<unknown>, asset: string): QuoteKey => indexKey(asset, terms.venue);
export const indexKey = (asset: string, venue = "binance"): QuoteKey => quoteKey(`${venue}:${asset}USD:index`);

/**
 * What an amount of an asset counts toward the margin balance.
 * @returns a failure where its haircut or its index is not known.
 * @source README.md rules 23 and 24.
 */
export function assetValue(asset: string, amount: Exact, scene: Scene<BinanceTerms>): Result<AssetValue, Why> {
  const terms = entryOf(scene.terms.body.assets ?? {}, asset);
  if (terms === undefined)
    return fail(why("binance/no-asset-terms", { asset, next: "add its haircut and buffers to the terms" }));
  const key = indexKeyIn(scene, asset);
  const quote = scene.quotes.get(key);
  if (quote?.kind !== "index" || quote.value.digits <= 0n)
    return fail(
      why("binance/no-index", {
        quote: key,
        found: quote === undefined ? "none" : `${quote.kind} ${text(quote.value)}`,
        next: "wait for the index price of this asset",
      }),
    );
  const usd = multiply(amount, quote.value);
  const value = isNegative(usd) ? multiply(usd, add(ONE, terms.askBuffer)) : lessHaircut(usd, terms);
  return ok({ asset, amount, index: quote.value, terms, value });
}

/** Each band of a value at its own rate; the last goes on without end. */
function lessHaircut(usd: Exact, { collateral }: AssetTerms): Exact {
  return collateral.reduce((sum, { floor, rate }, index) => {
    const cap = collateral[index + 1]?.floor;
    const top = cap === undefined || compare(usd, cap) < 0 ? usd : cap;
    return compare(top, floor) <= 0 ? sum : add(sum, multiply(subtract(top, floor), rate));
  }, ZERO);
}

/** What one more USD of the asset counts. */
export function rateOf({ amount, index, terms }: AssetValue): Exact {
  if (isNegative(amount)) return add(ONE, terms.askBuffer);
  const usd = multiply(amount, index);
  return (terms.collateral.findLast(({ floor }) => compare(usd, floor) >= 0) ?? terms.collateral[0])?.rate ?? ZERO;
}
