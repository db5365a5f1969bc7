import { type OrderAction, byTick, checkReduction } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  fail,
  multiply,
  ok,
  quotient,
  rescale,
  smaller,
  why,
} from "@plimsoll/core/units";
import { BALANCE_SCALE } from "./fill.ts";
import type { Body } from "./holding.ts";
import { type Instrument, readInstrument } from "./instrument.ts";
import type { DeribitTerms, FutureRules, OptionRules } from "./terms.ts";
import type { Fill } from "./venue-effect.ts";

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
  const checked = checkReduction("deribit", order, position, (held) => held.size, byTick(rules.step, rules.tick));
  if (!checked.ok) return checked;
  const { side, size, limit } = order;
  const fee = feeOf(instrument, size, limit, rules, rules.takerFee);
  return ok({ instrument: order.instrument, side, size, price: limit, fee });
}

/**
 * A fee in the margin currency, rounded up: a share of the notional of a future; of an option a share of a coin a contract,
 * at most a share of its price. What a coin is worth in dollars is not known here: of a linear option it is that most.
 */
export function feeOf(
  instrument: Instrument,
  size: Exact,
  price: Exact,
  rules: FutureRules | OptionRules,
  rate: Exact,
): Exact {
  if ("feeCap" in rules) {
    const most = multiply(multiply(size, price), rules.feeCap);
    return rescale(instrument.style === "linear" ? most : smaller(multiply(size, rate), most), BALANCE_SCALE, "up");
  }
  const worth = instrument.style === "linear" ? multiply(size, price) : quotient(size, price, 18, "up");
  return rescale(multiply(worth, rate), BALANCE_SCALE, "up");
}
