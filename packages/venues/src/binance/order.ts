import {
  type OrderAction,
  type Scene,
  type StopAction,
  byTick,
  checkReduction,
  checkTrigger,
  orderOfStop,
} from "@plimsoll/core/margin";
import {
  type PriceKind,
  type Result,
  type Why,
  ZERO,
  assetId,
  compare,
  fail,
  magnitude,
  text,
  why,
} from "@plimsoll/core/units";
import { valueAt } from "./contract-value.ts";
import { type Fill, feeOf } from "./fill.ts";
import { type Body, type Position, type PositionSide, positionName } from "./holding.ts";
import { markOf, termsOf } from "./position.ts";
import type { BinanceTerms, SymbolTerms } from "./terms.ts";

/** The position that a reducing order names: a sell reduces a long, a buy a short. */
export const sideReducedBy = (body: Pick<Body, "mode">, { side }: Pick<OrderAction, "side">): PositionSide => {
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
  const position = body.positions.find((each) => positionName(each) === name);
  const { step, tick } = rules.value;
  const checked = checkReduction("binance", order, position, ({ size }) => size, byTick(step, tick));
  if (!checked.ok) return checked;
  const small = tooSmall(order, checked.value, rules.value, body.mode);
  return small === undefined ? checked : fail(small);
}

/** What the venue watches of ours: mark, or the last price. @source Binance USD-M documentation, new algo order, workingType */
const KINDS: readonly PriceKind[] = ["mark", "last"];

/**
 * The position that a stop would reduce, or why the venue would refuse it: it must fit as an order would, and its trigger must not be
 * reached. `closePosition` goes with market orders alone. @source as above, closePosition; error -4136
 */
export function checkStop(body: Body, stop: StopAction, scene: Scene<BinanceTerms>): Result<Position, Why> {
  const { instrument: symbol } = stop;
  const rules = termsOf(symbol, scene.terms.body);
  if (!rules.ok) return rules;
  const { step, tick } = rules.value;
  const mark = markOf(symbol, scene);
  if (!mark.ok) return mark;
  const trigger = checkTrigger("binance", stop, mark.value, { ...byTick(step, tick), kinds: KINDS, limitOfAll: false });
  if (!trigger.ok) return trigger;
  const name = positionName({ symbol, positionSide: sideReducedBy(body, stop) });
  const held = body.positions.find((each) => positionName(each) === name)?.size ?? ZERO;
  return checkOrder(body, orderOfStop(stop, held, step), scene.terms.body);
}

function tooSmall(order: OrderAction, held: Position, rules: SymbolTerms, mode: Body["mode"]): Why | undefined {
  const { instrument, size, limit } = order;
  if (compare(size, rules.minSize) < 0)
    return why("binance/size-too-small", {
      instrument,
      size: text(size),
      least: text(rules.minSize),
      next: "raise the size",
    });
  const value = valueAt(size, limit, rules, "floor");
  if (mode === "one-way" || compare(size, magnitude(held.size)) >= 0 || compare(value, rules.minNotional) >= 0)
    return undefined;
  return why("binance/notional-too-small", {
    instrument,
    notional: text(value),
    least: text(rules.minNotional),
    next: "raise the size or close the whole position",
  });
}

/** The order filled whole at its limit, the worst price it allows, as a taker. */
export function worstFill(order: OrderAction, position: Position, terms: SymbolTerms): Fill {
  const { side, size, limit } = order;
  const fee = [{ asset: assetId(position.asset), amount: feeOf(size, limit, terms.takerFee, terms) }];
  return { symbol: position.symbol, positionSide: position.positionSide, side, size, price: limit, fee };
}
