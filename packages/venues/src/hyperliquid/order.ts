import {
  type OrderAction,
  type OrderGrid,
  type Scene,
  type StopAction,
  checkReduction,
  checkTrigger,
  orderOfStop,
} from "@plimsoll/core/margin";
import {
  type Result,
  type Why,
  ZERO,
  compare,
  exact,
  fail,
  magnitude,
  multiply,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import { type Fill, feeOf } from "./fill.ts";
import { isOnGrid } from "./grid.ts";
import type { Body, Position } from "./holding.ts";
import { markOf, termsOf } from "./position.ts";
import type { HyperliquidTerms, Rules } from "./terms.ts";

/** The position an order would reduce, or why the venue would refuse it: our orders only ever reduce, on the venue's grid. */
export function checkOrder(body: Body, order: OrderAction, terms: HyperliquidTerms): Result<Position, Why> {
  const { instrument: coin } = order;
  const grid = gridOf(coin, terms);
  if (!grid.ok) return grid;
  const position = body.positions.find((each) => each.coin === coin);
  const checked = checkReduction("hyperliquid", order, position, ({ size }) => size, grid.value);
  if (!checked.ok) return checked;
  const worth = multiply(order.size, order.limit);
  if (compare(order.size, magnitude(checked.value.size)) >= 0 || compare(worth, terms.rules.minOrder) >= 0)
    return checked;
  return fail(
    why("hyperliquid/order-too-small", {
      coin,
      value: text(worth),
      least: text(terms.rules.minOrder),
      next: "raise the size or close the whole position",
    }),
  );
}

/** Sizes and prices that the venue takes of a coin; unknown where its size decimals are. */
export function gridOf(coin: string, { coins, rules }: HyperliquidTerms): Result<OrderGrid, Why> {
  const found = termsOf(coin, { coins });
  if (!found.ok) return found;
  const { sizeDecimals: decimals } = found.value;
  const next = "read the metadata of the coin's dex into the terms";
  if (decimals === undefined) return fail(why("hyperliquid/no-size-decimals", { coin, next }));
  return ok({
    step: exact(1n, decimals),
    isPrice: (limit) => isOnGrid(limit, decimals, rules),
    prices: `${rules.priceFigures} significant figures, ${rules.priceDecimals - decimals} decimals`,
  });
}

/**
 * The position that a stop would reduce, or why the venue would refuse it: it must fit as an order would, its trigger lie ahead.
 * @source Hyperliquid documentation, order types: triggers are on the mark price alone
 */
export function checkStop(body: Body, stop: StopAction, scene: Scene<HyperliquidTerms>): Result<Position, Why> {
  const { instrument: coin } = stop;
  const terms = scene.terms.body;
  const grid = gridOf(coin, terms);
  if (!grid.ok) return grid;
  const mark = markOf(coin, scene);
  if (!mark.ok) return mark;
  const trigger = checkTrigger("hyperliquid", stop, mark.value, { ...grid.value, kinds: ["mark"], limitOfAll: true });
  if (!trigger.ok) return trigger;
  const held = body.positions.find((each) => each.coin === coin)?.size ?? ZERO;
  return checkOrder(body, orderOfStop(stop, held, grid.value.step), terms);
}

/** The order filled whole at its limit, the worst price it allows, as a taker. */
export const worstFill = ({ instrument: coin, side, size, limit }: OrderAction, { takerFee }: Rules): Fill => ({
  coin,
  side,
  size,
  price: limit,
  fee: feeOf(size, limit, takerFee),
});
