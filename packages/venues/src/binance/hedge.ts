import {
  type HedgeMarket,
  type Lever,
  type OrderAction,
  type Scene,
  byTick,
  checkHedge,
  hedgeLevers,
  leastWorth,
} from "@plimsoll/core/margin";
import { ONE, type Result, type Why, ZERO, assetId, fail, limitWithin, ok, why } from "@plimsoll/core/units";
import { accountOf, crossKey } from "./accounts.ts";
import { valueAt } from "./contract-value.ts";
import { applyFill, feeOf } from "./fill.ts";
import type { Body, PositionSide } from "./holding.ts";
import { markOf, termsOf } from "./position.ts";
import type { BinanceTerms, SymbolTerms } from "./terms.ts";
import { spendable, totalsOf } from "./totals.ts";

/** The orders that would open a symbol in its cross pool as a hedge; none in an account of all assets, or of a symbol held isolated. */
export function hedges(body: Body, symbol: string, scene: Scene<BinanceTerms>): readonly Lever[] {
  const market = marketOf(body, symbol, scene);
  return market.ok ? hedgeLevers(market.value.market) : [];
}

/** The holding after a declared hedge, filled whole at its limit as a taker; what leverage the symbol has is not known: counted as 1. */
export function applyHedge(body: Body, order: OrderAction, scene: Scene<BinanceTerms>): Result<Body, Why> {
  const found = marketOf(body, order.instrument, scene);
  if (!found.ok) return found;
  const { market, terms } = found.value;
  const checked = checkHedge("binance", order, market);
  if (!checked.ok) return checked;
  const { instrument: symbol, side, size, limit: price } = order;
  const positionSide: PositionSide = body.mode === "one-way" ? "BOTH" : side === "buy" ? "LONG" : "SHORT";
  const fee = [{ asset: assetId(terms.asset), amount: feeOf(size, price, terms.takerFee, terms) }];
  const opens = { asset: terms.asset, margin: { mode: "cross" }, leverage: ONE } as const;
  return applyFill(body, { symbol, positionSide, side, size, price, fee, opens }, terms);
}

function marketOf(
  body: Body,
  symbol: string,
  scene: Scene<BinanceTerms>,
): Result<{ readonly market: HedgeMarket; readonly terms: SymbolTerms }, Why> {
  const rules = termsOf(symbol, scene.terms.body);
  if (!rules.ok) return rules;
  const mark = markOf(symbol, scene);
  if (!mark.ok) return mark;
  const terms = rules.value;
  const pool = accountOf(body, crossKey(terms.asset));
  const held = body.positions.filter((each) => each.symbol === symbol);
  if (pool?.is !== "cross" || held.length > 1 || held.some(({ margin }) => margin.mode === "isolated"))
    return fail(
      why("binance/no-hedge-here", { symbol, next: "hedge where a cross pool holds the symbol alone or not at all" }),
    );
  const totals = totalsOf(pool, scene);
  if (!totals.ok) return totals;
  const free = spendable(pool, totals.value.free);
  if (free === undefined)
    return fail(why("binance/no-leverage", { account: pool.key, next: "read the symbols' leverage settings" }));
  const stepWorth = valueAt(terms.step, mark.value, terms, "ceil");
  const market: HedgeMarket = {
    instrument: symbol,
    held: held[0]?.size ?? ZERO,
    grid: byTick(terms.step, terms.tick),
    least: leastWorth(terms.minNotional, { stepWorth, step: terms.step, least: terms.minSize }),
    stepWorth,
    free,
    limitAt: (slippage) => limitWithin(mark.value, slippage, terms.tick),
  };
  return ok({ market, terms });
}
