import type { Action } from "@plimsoll/core/book";
import {
  type Result,
  type Why,
  compare,
  fail,
  isNegative,
  magnitude,
  multiply,
  ok,
  text,
  trim,
  why,
} from "@plimsoll/core/units";
import { type Fill, feeOf } from "./fill.ts";
import { isOnGrid } from "./grid.ts";
import type { Body, Position } from "./holding.ts";
import { termsOf } from "./position.ts";
import type { HyperliquidTerms, Rules } from "./terms.ts";

export type OrderAction = Extract<Action, { readonly do: "order" }>;

/** The position an order would reduce, or why the venue would refuse it: our orders only ever reduce, on the venue's grid. */
export function checkOrder(body: Body, order: OrderAction, terms: HyperliquidTerms): Result<Position, Why> {
  const { instrument: coin, side, reduceOnly } = order;
  const found = termsOf(coin, terms);
  if (!found.ok) return found;
  const refuse = (code: string, facts: Record<string, string>) => fail(why(`hyperliquid/${code}`, { coin, ...facts }));
  if (!reduceOnly)
    return refuse("not-reduce-only", { next: "send reduce-only orders; opening risk is not this program's work" });
  const position = body.positions.find((each) => each.coin === coin);
  if (position === undefined)
    return refuse("no-position", { next: "nothing is left to reduce; read the account again" });
  if (isNegative(position.size) === (side === "sell"))
    return refuse("wrong-side", { size: text(position.size), side, next: "the order would add to the position" });
  const { sizeDecimals } = found.value;
  if (sizeDecimals === undefined)
    return refuse("no-size-decimals", { next: "read the metadata of the coin's dex into the terms" });
  const broken = brokenRule(order, position, sizeDecimals, terms.rules);
  return broken === undefined ? ok(position) : refuse(broken.code, broken.facts);
}

function brokenRule(order: OrderAction, { size: held }: Position, decimals: number, rules: Rules): Why | undefined {
  const { size, limit } = order;
  const whole = magnitude(held);
  if (size.digits <= 0n || trim(size).scale > decimals)
    return why("size-off-step", { size: text(size), decimals: `${decimals}`, next: "cut the size to these decimals" });
  if (compare(size, whole) > 0)
    return why("closes-too-much", { size: text(size), held: text(whole), next: "cut the size to what is held" });
  if (!isOnGrid(limit, decimals, rules))
    return why("limit-off-tick", {
      limit: text(limit),
      grid: `${rules.priceFigures} significant figures, ${rules.priceDecimals - decimals} decimals`,
      next: "round the limit to the grid",
    });
  const worth = multiply(size, limit);
  if (compare(size, whole) < 0 && compare(worth, rules.minOrder) < 0)
    return why("order-too-small", {
      value: text(worth),
      least: text(rules.minOrder),
      next: "raise the size or close the whole position",
    });
  return undefined;
}

/** The order filled whole at its limit, the worst price it allows, as a taker. */
export const worstFill = ({ instrument: coin, side, size, limit }: OrderAction, { takerFee }: Rules): Fill => ({
  coin,
  side,
  size,
  price: limit,
  fee: feeOf(size, limit, takerFee),
});
