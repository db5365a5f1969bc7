import type { Action } from "@plimsoll/core/book";
import {
  type Exact,
  type Result,
  type Why,
  assetId,
  compare,
  fail,
  isNegative,
  isZero,
  magnitude,
  multiply,
  ok,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import { type Fill, feeOf } from "./fill.ts";
import { type Body, type Position, type PositionSide, positionName } from "./holding.ts";
import { termsOf } from "./position.ts";
import type { BinanceTerms, SymbolTerms } from "./terms.ts";

export type OrderAction = Extract<Action, { readonly do: "order" }>;

/** The position that a reducing order names: a sell reduces a long, a buy a short. */
export const sideReducedBy = (body: Body, { side }: OrderAction): PositionSide => {
  if (body.mode === "one-way") return "BOTH";
  return side === "sell" ? "LONG" : "SHORT";
};

/**
 * The position an order would reduce, or why the venue would refuse it: our orders only ever reduce, on the venue's grid.
 * The smallest notional binds in hedge mode only, and not an order that closes the whole position: reduce-only is exempt.
 * @source Binance USD-M filters LOT_SIZE, PRICE_FILTER, MIN_NOTIONAL (-4164 exempts reduce-only), README.md rule 15.
 */
export function checkOrder(body: Body, order: OrderAction, terms: BinanceTerms): Result<Position, Why> {
  const positionSide = sideReducedBy(body, order);
  const name = positionName({ symbol: order.instrument, positionSide });
  const rules = termsOf(order.instrument, terms);
  if (!rules.ok) return rules;
  const refuse = (code: string, facts: Record<string, string>) =>
    fail(why(`binance/${code}`, { position: name, ...facts }));
  if (!order.reduceOnly)
    return refuse("not-reduce-only", { next: "send reduce-only orders; opening risk is not this program's work" });
  const position = body.positions.find((each) => positionName(each) === name);
  if (position === undefined)
    return refuse("no-position", { next: "nothing is left to reduce; read the account again" });
  if (isNegative(position.size) === (order.side === "sell"))
    return refuse("wrong-side", {
      size: text(position.size),
      side: order.side,
      next: "the order would add to the position",
    });
  const broken = brokenFilter(order, position, rules.value, body.mode);
  return broken === undefined ? ok(position) : refuse(broken.code, broken.facts);
}

function brokenFilter(order: OrderAction, position: Position, rules: SymbolTerms, mode: Body["mode"]): Why | undefined {
  const { size, limit } = order;
  const whole = magnitude(position.size);
  if (isNegative(size) || compare(size, rules.minSize) < 0)
    return why("size-too-small", { size: text(size), least: text(rules.minSize), next: "raise the size" });
  if (!onGrid(size, rules.step))
    return why("size-off-step", {
      size: text(size),
      step: text(rules.step),
      next: "cut the size to a multiple of the step",
    });
  if (compare(size, whole) > 0)
    return why("closes-too-much", { size: text(size), held: text(whole), next: "cut the size to what is held" });
  if (isZero(limit) || isNegative(limit) || !onGrid(limit, rules.tick))
    return why("limit-off-tick", {
      limit: text(limit),
      tick: text(rules.tick),
      next: "cut the limit to a multiple of the tick",
    });
  const value = multiply(size, limit);
  if (mode === "hedge" && compare(size, whole) < 0 && compare(value, rules.minNotional) < 0)
    return why("notional-too-small", {
      notional: text(value),
      least: text(rules.minNotional),
      next: "raise the size or close the whole position",
    });
  return undefined;
}

/** Whether a value is a whole multiple of a step. */
export function onGrid(value: Exact, step: Exact): boolean {
  const scale = Math.max(value.scale, step.scale);
  return rescale(value, scale, "down").digits % rescale(step, scale, "down").digits === 0n;
}

/** The order filled whole at its limit, the worst price it allows, as a taker. */
export function worstFill(order: OrderAction, position: Position, terms: SymbolTerms): Fill {
  const { side, size, limit } = order;
  const fee = [{ asset: assetId(position.asset), amount: feeOf(size, limit, terms.takerFee) }];
  return { symbol: position.symbol, positionSide: position.positionSide, side, size, price: limit, fee };
}
