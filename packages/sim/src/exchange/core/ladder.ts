import { draw } from "./chance.ts";
import { ONE, onGrid } from "./fixed.ts";
import type { Instrument } from "./instrument.ts";
import type { Market, Side } from "./state.ts";

export interface Level {
  readonly price: bigint;
  readonly size: bigint;
}

/**
 * Synthetic liquidity that a taker of `side` meets, best price first, without what was eaten and has not refilled.
 * Level k stands `halfSpread + k * spacing` away from the driven mid, rounded to the tick away from it; its size is the
 * depth's money at mid times a seeded factor of 0.5 to 1.5. Eating moves the best price: that is the impact.
 */
export function ladder(market: Market, side: Side, seed: bigint): readonly Level[] {
  let hidden = side === "buy" ? market.eaten.asks : market.eaten.bids;
  const levels: Level[] = [];
  for (const level of shape(market, side, seed)) {
    // what refills is no whole number of lots, what is offered is
    const size = level.size > hidden ? onGrid(level.size - hidden, market.instrument.lot, "down") : 0n;
    hidden = level.size > hidden ? 0n : hidden - level.size;
    if (size > 0n && level.price > 0n) levels.push({ price: level.price, size });
  }
  return levels;
}

function fullLadder({ symbol, tick, lot, depth }: Instrument, mid: bigint, side: Side, seed: bigint): readonly Level[] {
  return Array.from({ length: depth.levels }, (_, k) => {
    const away = (mid * (depth.halfSpread + depth.spacing * BigInt(k))) / ONE;
    const price = side === "buy" ? onGrid(mid + away, tick, "ceil") : onGrid(mid - away, tick, "floor");
    const factor = ONE / 2n + (ONE * BigInt(draw(seed, symbol, side, k))) / 2n ** 32n;
    const wanted = (depth.base * (ONE + depth.growth * BigInt(k))) / ONE;
    return { price, size: onGrid((wanted * factor) / mid, lot, "down") };
  });
}

/** The full ladders of a market at its latest mid: they are asked for many times between two moves. */
const shapes = new WeakMap<Market, { readonly of: string; readonly levels: readonly Level[] }[]>();
function shape(market: Market, side: Side, seed: bigint): readonly Level[] {
  const of = `${side}/${market.mid}/${seed}`;
  const held = shapes.get(market) ?? [];
  const known = held.find((one) => one.of === of);
  if (known !== undefined) return known.levels;
  const levels = fullLadder(market.instrument, market.mid, side, seed);
  shapes.set(market, [...held.slice(-1), { of, levels }]);
  return levels;
}

/** What a whole side holds when nothing is eaten. */
export const fullDepth = (market: Market, side: Side, seed: bigint): bigint =>
  shape(market, side, seed).reduce((sum, level) => sum + level.size, 0n);

/** Lets `elapsedMs` bring back its share of each side: all of it in `refillMs`. */
export function refill(market: Market, elapsedMs: number, seed: bigint): void {
  const back = (side: Side) =>
    (fullDepth(market, side, seed) * BigInt(elapsedMs)) / BigInt(market.instrument.depth.refillMs);
  const rest = (eaten: bigint, side: Side) => (eaten > back(side) ? eaten - back(side) : 0n);
  if (market.eaten.asks > 0n) market.eaten.asks = rest(market.eaten.asks, "buy");
  if (market.eaten.bids > 0n) market.eaten.bids = rest(market.eaten.bids, "sell");
}
