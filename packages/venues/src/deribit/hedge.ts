import {
  type HedgeMarket,
  type Lever,
  type OrderAction,
  type Scene,
  byTick,
  checkHedge,
  hedgeLevers,
} from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  fail,
  larger,
  limitWithin,
  multiply,
  ok,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";
import { accountsOf } from "./accounts.ts";
import { applyFill } from "./fill.ts";
import type { Body } from "./holding.ts";
import { readInstrument } from "./instrument.ts";
import { feeOf, tradingRules } from "./order.ts";
import { markOfInstrument } from "./priced.ts";
import { coinPriceOf } from "./quote.ts";
import type { DeribitTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/** Quotients by a price do not end; kept this fine and rounded against the owner. */
const QUOTIENT_SCALE = 18;

/** The orders that would open a perpetual or future as a hedge, out of its own currency; no options. */
export function hedges(body: Body, instrument: string, scene: Scene<DeribitTerms>): readonly Lever[] {
  const market = marketOf(body, instrument, scene);
  return market.ok ? hedgeLevers(market.value) : [];
}

/** The holding after a declared hedge, filled whole at its limit as a taker. */
export function applyHedge(body: Body, order: OrderAction, scene: Scene<DeribitTerms>): Result<Body, Why> {
  const market = marketOf(body, order.instrument, scene);
  if (!market.ok) return market;
  const checked = checkHedge("deribit", order, market.value);
  if (!checked.ok) return checked;
  const instrument = readInstrument(order.instrument)!;
  const rules = tradingRules(instrument, scene.terms.body)!;
  const { side, size, limit: price } = order;
  const fee = feeOf(instrument, size, price, rules, rules.takerFee);
  return applyFill(body, { instrument: order.instrument, side, size, price, fee });
}

function marketOf(body: Body, name: string, scene: Scene<DeribitTerms>): Result<HedgeMarket, Why> {
  const instrument = readInstrument(name);
  const rules = instrument && tradingRules(instrument, scene.terms.body);
  const account = accountsOf(body).find(({ wallets }) =>
    wallets.some(({ currency }) => currency === instrument?.currency),
  );
  if (instrument === undefined || instrument.option !== undefined || rules === undefined || account === undefined)
    return fail(why("deribit/no-hedge-here", { instrument: name, next: "hedge in a future whose currency is held" }));
  const mark = markOfInstrument(instrument, scene);
  if (!mark.ok) return mark;
  const totals = totalsOf(account, scene);
  if (!totals.ok) return totals;
  const counted = totals.value.balanceAfterHaircut;
  if (!counted.ok) return counted;
  const coin = account.is === "cross" ? coinPriceOf(instrument.currency, scene) : ok<Exact>(ONE);
  if (!coin.ok) return coin;
  const { step, tick } = rules;
  const linear = instrument.style === "linear";
  return ok({
    instrument: name,
    held: body.positions.find((each) => each.instrument === name)?.size ?? ZERO,
    grid: byTick(step, tick),
    least: step,
    stepWorth: linear ? multiply(step, mark.value) : quotient(step, mark.value, QUOTIENT_SCALE, "ceil"),
    free: quotient(larger(ZERO, subtract(counted.value, totals.value.initial)), coin.value, QUOTIENT_SCALE, "floor"),
    limitAt: (slippage) => limitWithin(mark.value, slippage, tick),
  });
}
