import type { Quote } from "@plimsoll/core/margin";
import { familyOf } from "@plimsoll/core/risk";
import { type Exact, ONE, type QuoteKey, quoteKey, quotient } from "@plimsoll/core/units";

const isDollar = (asset: string): boolean => familyOf(quoteKey(`:${asset}:`)).name === "usd";

/** What venues add to a coin's name to say in what it is priced, and how its wrapped twin is written. */
const pricedAs = (coin: string): RegExp =>
  new RegExp(`^W?${coin}(?:[-_/]?(?:USDT|USDC|USD)(?:[-_]SWAP)?|-PERPETUAL)?$`, "i");

/**
 * What one unit of an asset is worth in another, read off any venue's price for costs only: dollar coins count as one dollar.
 * @returns undefined where no price tells.
 */
export function priceIn(asset: string, unit: string, quotes: ReadonlyMap<QuoteKey, Quote>): Exact | undefined {
  if (asset === unit || (isDollar(asset) && isDollar(unit))) return ONE;
  const of = dollarsFor(asset, quotes);
  const to = dollarsFor(unit, quotes);
  return of === undefined || to === undefined ? undefined : quotient(of, to, 18, "up");
}

function dollarsFor(asset: string, quotes: ReadonlyMap<QuoteKey, Quote>): Exact | undefined {
  if (isDollar(asset)) return ONE;
  const name = pricedAs(asset.replace(/^W(?=ETH$|BTC$)/, ""));
  const found = [...quotes]
    .filter(([key]) => name.test(key.split(":").at(-2) ?? ""))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return found[0]?.[1].value;
}
