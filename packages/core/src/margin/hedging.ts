import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  compare,
  fail,
  isMultiple,
  isNegative,
  isZero,
  larger,
  multiply,
  negate,
  ok,
  quotient,
  smaller,
  text,
  why,
} from "@plimsoll/core/units";
import type { Lever } from "./contract.ts";
import type { OrderAction, OrderGrid } from "./reduction.ts";

/** One instrument in which a hedge could be opened, out of one pool. */
export interface HedgeMarket {
  readonly instrument: string;
  /** What is held of it already, with its sign; 0 where nothing is. */
  readonly held: Exact;
  readonly grid: OrderGrid;
  /** The smallest size that the venue opens. */
  readonly least: Exact;
  /** What one step is worth at the mark in the pool's margin asset, rounded up. */
  readonly stepWorth: Exact;
  /** What the pool could lose or let go before its initial margin binds, in the same asset. */
  readonly free: Exact;
  /** The limit for a signed slippage. */
  readonly limitAt: (slippage: Exact) => Exact;
}

/**
 * The orders that open or enlarge a hedge: on the side that is held, or on both where nothing is. A hedge is opened without
 * leverage, worth no more than what is free, so that the leg survives nearly a doubling or halving of its price.
 */
export function hedgeLevers(market: HedgeMarket): readonly Lever[] {
  const most = mostOf(market);
  if (compare(most, larger(market.least, market.grid.step)) < 0) return [];
  const sides = isZero(market.held)
    ? (["sell", "buy"] as const)
    : ([isNegative(market.held) ? "sell" : "buy"] as const);
  return sides.map((side) => ({
    use: "hedge",
    on: market.instrument,
    step: market.grid.step,
    most,
    act: (size, slippage) => ({
      do: "order",
      instrument: market.instrument,
      side,
      size,
      limit: market.limitAt(side === "buy" ? slippage : negate(slippage)),
      reduceOnly: false,
    }),
  }));
}

const mostOf = ({ grid: { step }, free, stepWorth }: HedgeMarket): Exact =>
  multiply(step, quotient(larger(ZERO, free), stepWorth, 0, "floor"));

/** Whether an order may open: declared as a hedge, on the grid, not against what is held, and worth no more than what is free. */
export function checkHedge(venue: string, order: OrderAction, market: HedgeMarket): Result<void, Why> {
  const { instrument, side, size, limit, hedges, reduceOnly } = order;
  const refuse = (code: string, facts: Record<string, string>) =>
    fail(why(`${venue}/${code}`, { instrument, ...facts }));
  if (reduceOnly || hedges === undefined)
    return refuse("not-a-hedge", { next: "an order that opens says which account it hedges" });
  if (!isZero(market.held) && isNegative(market.held) !== (side === "sell"))
    return refuse("would-reduce", { held: text(market.held), next: "reduce what is held by a reduce-only order" });
  if (!isMultiple(size, market.grid.step) || compare(size, market.least) < 0)
    return refuse("size-off-step", {
      ...{ size: text(size), step: text(market.grid.step), least: text(market.least) },
      next: "cut the size to a multiple of the step, not below the least",
    });
  if (!market.grid.isPrice(limit))
    return refuse("limit-off-tick", { limit: text(limit), prices: market.grid.prices, next: "round the limit" });
  const most = mostOf(market);
  if (compare(size, most) > 0)
    return refuse("hedge-beyond-free", {
      ...{ size: text(size), most: text(most), free: text(market.free) },
      next: "a hedge is opened without leverage: take less, or bring margin first",
    });
  return ok(undefined);
}

/** The smallest size that is worth at least so much, in whole steps and not below a least size. */
export const leastWorth = (
  worth: Exact,
  { stepWorth, step, least = ZERO }: { readonly stepWorth: Exact; readonly step: Exact; readonly least?: Exact },
): Exact => larger(least, multiply(step, quotient(worth, stepWorth, 0, "ceil")));

export const smallerFree = (...frees: readonly Exact[]): Exact => larger(ZERO, frees.reduce(smaller));
