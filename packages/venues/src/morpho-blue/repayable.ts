import type { Market, Repayable, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Why,
  assetId,
  exact,
  known,
  minOf,
  ms,
  multiply,
  none,
  rescale,
  unknown,
  why,
} from "@plimsoll/core/units";
import { maxBorrow } from "./health.ts";
import type { MorphoBody } from "./holding.ts";
import { type Position, readPosition } from "./position.ts";
import { type Price, readPrice } from "./price.ts";
import type { MorphoTerms } from "./terms.ts";
import { fundsOf } from "./wallet.ts";

/**
 * The largest part of a market's debt that can be paid now, by each route. Repaying is never paused and needs no liquidity of
 * the market. What the owner lent to the same market does not pay his debt. Collateral pays through the callback of `repay`: it
 * is withdrawn after the debt is gone and sold in the same transaction, so no loan is needed in between.
 */
export function repayableMorpho(
  body: MorphoBody,
  account: AccountKey,
  scene: Scene<MorphoTerms>,
  market: Market,
): readonly Repayable[] {
  const position = readPosition(body, account, scene.terms.body);
  if (!position.ok || position.value.debt === 0n) return [];
  const debt = assetId(position.value.terms.loan.asset);
  const at = ms(Number(body.timestamp) * 1000);
  const price = readPrice(scene.terms.body, position.value.terms, scene);
  return [
    { debt, route: "wallet", ...fromWallet(body, position.value, at) },
    { debt, route: "own-supply", ...fromSupply(position.value) },
    {
      debt,
      route: "sell-collateral",
      ...(price.ok
        ? bySelling(position.value, price.value, market, at)
        : { most: unknown(price.failure), limit: "oracle price" }),
    },
  ];
}

type Answer = Pick<Repayable, "most" | "limit">;

function fromWallet(body: MorphoBody, { terms: { loan }, debt }: Position, at: ReturnType<typeof ms>): Answer {
  const funds = fundsOf(body, loan);
  const limit = `${loan.asset} in the wallet`;
  if (funds === "unknown")
    return {
      most: unknown(why("wallet-not-read", { asset: loan.asset, next: "write the wallet, or read it" })),
      limit,
    };
  if (funds === 0n)
    return {
      most: none(why("morpho-blue/wallet-empty", { asset: loan.asset, next: `send ${loan.asset} to the wallet` })),
      limit,
    };
  return {
    most: known(exact(minOf(funds, debt), loan.decimals), at),
    limit: funds < debt ? limit : "the whole debt",
  };
}

const fromSupply = ({ terms: { loan, market }, supplied }: Position): Answer => ({
  most: none(
    why(supplied === 0n ? "morpho-blue/nothing-lent" : "morpho-blue/lent-does-not-repay", {
      asset: loan.asset,
      market,
      next:
        supplied === 0n
          ? "repay from the wallet or by selling collateral"
          : "withdraw what is lent as far as it is not borrowed, then repay from the wallet",
    }),
  ),
  limit: supplied === 0n ? `no ${loan.asset} lent` : "lent tokens do not pay a debt",
});

/**
 * A repayment of x needs a sale of collateral that brings x, and a healthy position afterwards. What the line then has to spare
 * rises and falls again with the size of the sale, since average prices only get worse: so the healthy sizes are one interval.
 */
function bySelling(position: Position, price: Price, market: Market, at: ReturnType<typeof ms>): Answer {
  const { terms, debt, collateral } = position;
  const instrument = `${terms.collateral.asset}/${terms.loan.asset}`;
  const limit = `depth of ${instrument}`;
  if (collateral === 0n)
    return {
      most: none(why("morpho-blue/no-collateral", { market: terms.market, next: "repay from the wallet" })),
      limit,
    };
  let blind: Why | undefined;
  const brings = (sold: bigint): bigint => {
    const fill = sold === 0n ? undefined : market.fill(instrument, "sell", exact(sold, terms.collateral.decimals));
    if (fill === undefined) return 0n;
    const average = priceOf(fill);
    if ("code" in average) blind ??= average;
    return "code" in average ? 0n : soldFor(sold, average, position);
  };
  const spare = (sold: bigint): bigint => {
    const repaid = minOf(brings(sold), debt);
    return maxBorrow(collateral - sold, price, terms) - (debt - repaid);
  };
  const sold = largestHealthy(spare, firstAtLeast(brings, debt, collateral));
  if (blind !== undefined) return { most: unknown(blind), limit };
  if (sold === undefined)
    return {
      most: none(
        why("morpho-blue/no-sale-restores-health", {
          instrument,
          next: "repay from the wallet or add collateral: at these prices every sale leaves the position liquidatable",
        }),
      ),
      limit,
    };
  const repaid = minOf(brings(sold), debt);
  if (repaid === 0n)
    return { most: none(why("morpho-blue/no-sale-pays", { instrument, next: "repay from the wallet" })), limit };
  return { most: known(exact(repaid, terms.loan.decimals), at), limit: repaid === debt ? "the whole debt" : limit };
}

const priceOf = (fill: Figure<Exact>): Exact | Why => (fill.is === "known" ? fill.value : fill.why);

const soldFor = (sold: bigint, average: Exact, { terms: { loan, collateral } }: Position): bigint =>
  rescale(multiply(exact(sold, collateral.decimals), average), loan.decimals, "floor").digits;

/** The least size at which a rising function reaches `target`; `most` where it never does. */
function firstAtLeast(rising: (size: bigint) => bigint, target: bigint, most: bigint): bigint {
  let [low, high] = [0n, most];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (rising(middle) >= target) high = middle;
    else low = middle;
  }
  return high;
}

/** The largest size up to `most` at which nothing is short; undefined where every size is. */
function largestHealthy(spare: (size: bigint) => bigint, most: bigint): bigint | undefined {
  if (spare(most) >= 0n) return most;
  let [low, high] = [spare(0n) >= 0n ? 0n : peak(spare, most), most];
  if (spare(low) < 0n) return undefined;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (spare(middle) >= 0n) low = middle;
    else high = middle;
  }
  return low;
}

/** Where a function that rises and then falls is largest, by thirds. */
function peak(of: (size: bigint) => bigint, most: bigint): bigint {
  let [low, high] = [0n, most];
  while (high - low > 2n) {
    const third = (high - low) / 3n;
    if (of(low + third) < of(high - third)) low += third;
    else high -= third;
  }
  return of(low + 1n) > of(low) ? low + 1n : low;
}
