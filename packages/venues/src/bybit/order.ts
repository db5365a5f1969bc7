import {
  type OrderAction,
  type Scene,
  type StopAction,
  byTick,
  checkReduction,
  checkTrigger,
  orderOfStop,
} from "@plimsoll/core/margin";
import { type PriceKind, type Result, type Why, ZERO, isNegative, ok } from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import type { Body, Position } from "./holding.ts";
import { markOf } from "./quotes.ts";
import type { BybitTerms, ContractTerms } from "./terms.ts";

/** What a reducing order meets. */
export interface Reduction {
  readonly position: Position;
  readonly terms: ContractTerms;
}

/**
 * The position an order would reduce, or why the venue would refuse it: our orders only ever reduce, in whole steps and ticks.
 * In hedge mode a sell reduces the long side and a buy the short one.
 */
export function checkOrder(body: Body, order: OrderAction, terms: BybitTerms): Result<Reduction, Why> {
  const contract = contractOf(order.instrument, terms);
  if (!contract.ok) return contract;
  const position = reducedBy(body, order);
  const { step, tick } = contract.value;
  const checked = checkReduction("bybit", order, position, ({ size }) => size, byTick(step, tick));
  return checked.ok ? ok({ position: checked.value, terms: contract.value }) : checked;
}

/** The position that an order of this side would reduce, else one that it would add to. */
export function reducedBy(body: Body, { instrument, side }: OrderAction | StopAction): Position | undefined {
  const own = body.positions.filter(({ symbol }) => symbol === instrument);
  return own.find(({ size }) => isNegative(size) === (side === "buy")) ?? own[0];
}

/** What the venue watches of ours. @source bybit-exchange.github.io/docs/v5/order/create-order, triggerBy */
const KINDS: readonly PriceKind[] = ["mark", "last", "index"];

/** The position that a stop would reduce, or why the venue would refuse it: it must fit as an order would, its trigger lie ahead. */
export function checkStop(body: Body, stop: StopAction, scene: Scene<BybitTerms>): Result<Reduction, Why> {
  const contract = contractOf(stop.instrument, scene.terms.body);
  if (!contract.ok) return contract;
  const mark = markOf(stop.instrument, scene);
  if (!mark.ok) return mark;
  const { step, tick } = contract.value;
  const trigger = checkTrigger("bybit", stop, mark.value, { ...byTick(step, tick), kinds: KINDS, limitOfAll: true });
  if (!trigger.ok) return trigger;
  const held = reducedBy(body, stop)?.size ?? ZERO;
  return checkOrder(body, orderOfStop(stop, held, step), scene.terms.body);
}
