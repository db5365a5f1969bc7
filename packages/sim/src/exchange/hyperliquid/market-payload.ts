import { invariant } from "@plimsoll/core/units";
import { type Market, ONE, book, fundingRate } from "@plimsoll/sim/exchange";
import { COLLATERAL } from "./coins.ts";
import { plain, sizeDecimals } from "./figures.ts";

/** Ids below this one are no tables but the largest leverage itself. @source hyperliquid.gitbook.io, margin tiers */
const FIRST_TABLE = 50;
const tableOf = (at: number): number => FIRST_TABLE + at;

/** `meta` of the first dex. @throws where a coin's rates are not those that its largest leverages stand for: the page could not say them. */
export function metaPayload(markets: readonly Market[]) {
  return {
    universe: markets.map(({ instrument }, at) => ({
      szDecimals: sizeDecimals(instrument),
      name: instrument.symbol,
      maxLeverage: instrument.tiers[0]?.maxLeverage,
      marginTableId: tableOf(at),
    })),
    marginTables: markets.map(({ instrument: { symbol, tiers } }, at) => {
      for (const { rate, maxLeverage } of tiers)
        invariant(rate === ONE / BigInt(2 * maxLeverage), `${symbol}: maintenance is not half of 1/${maxLeverage}`);
      const marginTiers = tiers.map(({ floor, maxLeverage }) => ({ lowerBound: plain(floor), maxLeverage }));
      return [tableOf(at), { description: symbol, marginTiers }] as const;
    }),
    collateralToken: 0,
  };
}

const midOf = ({ mid }: Market): string => plain(mid);

/** Prices and funding of a coin; statistics of a day and open interest are not simulated and left out. */
export const ctxPayload = (market: Market) => ({
  funding: plain(fundingRate(market)),
  markPx: plain(market.mark),
  midPx: midOf(market),
  oraclePx: plain(market.index),
});

export const allMids = (markets: readonly Market[]) =>
  Object.fromEntries(markets.map((market) => [market.instrument.symbol, midOf(market)]));

/** What a dex's collateral is, by its index; nothing is traded on spot here. */
export const SPOT_META = {
  tokens: [
    {
      name: COLLATERAL,
      szDecimals: 8,
      weiDecimals: 8,
      index: 0,
      tokenId: "0x6d1e7cde53ba9467b783cb7c530ce054",
      isCanonical: true,
    },
  ],
  universe: [],
};

/** Levels on each side that the venue prints. @source hyperliquid.gitbook.io, L2 book snapshot */
const LEVELS = 20;
/** `l2Book`: bids, then asks. How many orders make a level is not simulated. */
export function bookPayload(market: Market, seed: bigint, time: number) {
  const side = (taker: "buy" | "sell") =>
    book(market, taker, seed)
      .slice(0, LEVELS)
      .map(([px, sz]) => ({ px, sz, n: 1 }));
  return { coin: market.instrument.symbol, time, levels: [side("sell"), side("buy")] };
}
