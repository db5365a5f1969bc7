import { type Market, type Side, ladder, restingOf } from "./core/index.ts";
import { onStep } from "./text.ts";

/** Price and size, as text, of the levels that a taker of `side` meets: synthetic liquidity and resting orders together, best first. */
export function book(market: Market, side: Side, seed: bigint): readonly (readonly [string, string])[] {
  const sizes = new Map<bigint, bigint>();
  const add = (price: bigint, size: bigint) => sizes.set(price, (sizes.get(price) ?? 0n) + size);
  for (const level of ladder(market, side, seed)) add(level.price, level.size);
  for (const order of restingOf(market, side === "buy" ? "sell" : "buy")) add(order.price, order.size - order.filled);
  const { tick, lot } = market.instrument;
  const sorted = [...sizes].toSorted(([a], [b]) => (a < b === (side === "buy") ? -1 : 1));
  return sorted.map(([price, size]) => [onStep(price, tick), onStep(size, lot)]);
}
