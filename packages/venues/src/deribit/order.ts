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
  type Exact,
  type PriceKind,
  type Result,
  type Why,
  ZERO,
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
import { type Instrument, indexKey, readInstrument } from "./instrument.ts";
import { markOfInstrument } from "./priced.ts";
import { quoteOf } from "./quote.ts";
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

/** What the venue watches. @source docs.deribit.com, private/sell, trigger */
const KINDS: readonly PriceKind[] = ["mark", "index", "last"];

/**
 * Refuses a stop that the venue would refuse: it must fit as an order would, and its trigger must not be reached. There is no order for
 * whatever the position is then, and trigger prices are told of futures alone.
 * @source docs.deribit.com, private/sell: amount is mandatory; trigger_price "only for future trigger orders"
 */
export function checkStop(body: Body, stop: StopAction, scene: Scene<DeribitTerms>): Result<Fill, Why> {
  const { instrument: name, trigger } = stop;
  const refuse = (code: string, next: string) => fail(why(`deribit/${code}`, { instrument: name, next }));
  const instrument = readInstrument(name);
  const rules = instrument === undefined ? undefined : tradingRules(instrument, scene.terms.body);
  if (instrument === undefined || rules === undefined) return refuse("no-rules", "add the pair to the terms");
  if (instrument.option !== undefined) return refuse("no-stop-of-options", "reduce it by an order when the time comes");
  if (stop.size === "all") return refuse("no-stop-of-all", "name the size: the venue has no stop for whatever is held");
  const price =
    trigger.kind === "index" ? quoteOf(indexKey(instrument.pair), "index", scene) : markOfInstrument(instrument, scene);
  if (!price.ok) return price;
  const grid = byTick(rules.step, rules.tick);
  const checked = checkTrigger("deribit", stop, price.value, { ...grid, kinds: KINDS, limitOfAll: false });
  return checked.ok ? worstFill(body, orderOfStop(stop, ZERO, rules.step), scene.terms.body) : checked;
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
