import { type OrderAction, type OrderGrid, checkReduction } from "@plimsoll/core/margin";
import { type Result, type Why, compare, exact, fail, magnitude, multiply, text, why } from "@plimsoll/core/units";
import { type Fill, feeOf } from "./fill.ts";
import { isOnGrid } from "./grid.ts";
import type { Body, Position } from "./holding.ts";
import { termsOf } from "./position.ts";
import type { HyperliquidTerms, Rules } from "./terms.ts";

/** The position an order would reduce, or why the venue would refuse it: our orders only ever reduce, on the venue's grid. */
export function checkOrder(body: Body, order: OrderAction, terms: HyperliquidTerms): Result<Position, Why> {
  const { instrument: coin } = order;
  const found = termsOf(coin, terms);
  if (!found.ok) return found;
  const { sizeDecimals } = found.value;
  if (sizeDecimals === undefined)
    return fail(
      why("hyperliquid/no-size-decimals", { coin, next: "read the metadata of the coin's dex into the terms" }),
    );
  const position = body.positions.find((each) => each.coin === coin);
  const checked = checkReduction("hyperliquid", order, position, ({ size }) => size, gridOf(sizeDecimals, terms.rules));
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

const gridOf = (decimals: number, rules: Rules): OrderGrid => ({
  step: exact(1n, decimals),
  isPrice: (limit) => isOnGrid(limit, decimals, rules),
  prices: `${rules.priceFigures} significant figures, ${rules.priceDecimals - decimals} decimals`,
});

/** The order filled whole at its limit, the worst price it allows, as a taker. */
export const worstFill = ({ instrument: coin, side, size, limit }: OrderAction, { takerFee }: Rules): Fill => ({
  coin,
  side,
  size,
  price: limit,
  fee: feeOf(size, limit, takerFee),
});
