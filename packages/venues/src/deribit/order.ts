import type { Action } from "@plimsoll/core/book";
import {
  type Exact,
  type Result,
  type Why,
  compare,
  fail,
  isNegative,
  isZero,
  magnitude,
  multiply,
  ok,
  quotient,
  rescale,
  smaller,
  text,
  why,
} from "@plimsoll/core/units";
import { BALANCE_SCALE } from "./fill.ts";
import type { Body, Position } from "./holding.ts";
import { type Instrument, readInstrument } from "./instrument.ts";
import type { DeribitTerms, FutureRules, OptionRules } from "./terms.ts";
import type { Fill } from "./venue-effect.ts";

export type OrderAction = Extract<Action, { readonly do: "order" }>;

/** The rules that an instrument trades by. */
export function tradingRules(
  { pair, option }: Instrument,
  { pairs }: DeribitTerms,
): FutureRules | OptionRules | undefined {
  const rules = Object.hasOwn(pairs, pair) ? pairs[pair] : undefined;
  return option === undefined ? rules?.futures : rules?.options;
}

/** The trade that a reducing order makes at worst: whole, at its limit, as a taker; or why the venue would refuse it. */
export function worstFill(body: Body, order: OrderAction, terms: DeribitTerms): Result<Fill, Why> {
  const instrument = readInstrument(order.instrument);
  const rules = instrument === undefined ? undefined : tradingRules(instrument, terms);
  const position = body.positions.find((each) => each.instrument === order.instrument);
  if (instrument === undefined || rules === undefined)
    return fail(why("deribit/no-rules", { instrument: order.instrument, next: "add the pair to the terms" }));
  const refused = refusal(order, position, rules);
  if (refused !== undefined) return fail(refused);
  const { side, size, limit } = order;
  const fee = feeOf(instrument, size, limit, rules, rules.takerFee);
  return ok({ instrument: order.instrument, side, size, price: limit, fee });
}

function refusal(
  order: OrderAction,
  position: Position | undefined,
  { tick, step }: FutureRules | OptionRules,
): Why | undefined {
  const { instrument, side, size, limit, reduceOnly } = order;
  const refuse = (code: string, facts: Record<string, string>) => why(`deribit/${code}`, { instrument, ...facts });
  if (!reduceOnly)
    return refuse("not-reduce-only", { next: "send reduce-only orders; opening risk is not this program's work" });
  if (position === undefined)
    return refuse("no-position", { next: "nothing is left to reduce; read the account again" });
  const held = text(position.size);
  if (isNegative(position.size) === (side === "sell"))
    return refuse("wrong-side", { size: held, side, next: "the order would add to the position" });
  if (isNegative(size) || isZero(size) || !onGrid(size, step))
    return refuse("size-off-step", {
      size: text(size),
      step: text(step),
      next: "cut the size to a multiple of the step",
    });
  if (compare(size, magnitude(position.size)) > 0)
    return refuse("closes-too-much", { size: text(size), held, next: "cut the size to what is held" });
  if (isNegative(limit) || isZero(limit) || !onGrid(limit, tick))
    return refuse("limit-off-tick", {
      limit: text(limit),
      tick: text(tick),
      next: "cut the limit to a multiple of the tick",
    });
  return undefined;
}

/** Whether a value is a whole multiple of a step. */
function onGrid(value: Exact, step: Exact): boolean {
  const scale = Math.max(value.scale, step.scale);
  return rescale(value, scale, "down").digits % rescale(step, scale, "down").digits === 0n;
}

/**
 * A fee in the margin currency, rounded up: a share of the notional of a future; of an option a share of a coin a contract,
 * at most a share of its price.
 */
export function feeOf(
  instrument: Instrument,
  size: Exact,
  price: Exact,
  rules: FutureRules | OptionRules,
  rate: Exact,
): Exact {
  if ("feeCap" in rules) {
    const capped = smaller(multiply(size, rate), multiply(multiply(size, price), rules.feeCap));
    return rescale(capped, BALANCE_SCALE, "up");
  }
  const worth = instrument.style === "linear" ? multiply(size, price) : quotient(size, price, 18, "up");
  return rescale(multiply(worth, rate), BALANCE_SCALE, "up");
}
