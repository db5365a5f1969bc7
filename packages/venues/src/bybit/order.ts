import { type OrderAction, byTick, checkReduction } from "@plimsoll/core/margin";
import { type Result, type Why, isNegative, ok } from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import type { Body, Position } from "./holding.ts";
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
  const own = body.positions.filter(({ symbol }) => symbol === order.instrument);
  const position = own.find(({ size }) => isNegative(size) === (order.side === "buy")) ?? own[0];
  const { step, tick } = contract.value;
  const checked = checkReduction("bybit", order, position, ({ size }) => size, byTick(step, tick));
  return checked.ok ? ok({ position: checked.value, terms: contract.value }) : checked;
}
