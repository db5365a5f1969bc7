import {
  type HedgeMarket,
  type Lever,
  type OrderAction,
  type Scene,
  checkHedge,
  hedgeLevers,
  leastWorth,
} from "@plimsoll/core/margin";
import { ONE, type Result, type Why, ZERO, add, fail, isNegative, multiply, ok, why } from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import { applyFill } from "./fill.ts";
import { limitWithin } from "./grid.ts";
import type { Body } from "./holding.ts";
import { crossKey, dexOf } from "./names.ts";
import { gridOf, worstFill } from "./order.ts";
import { markOf, termsOf } from "./position.ts";
import type { HyperliquidTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/** The orders that would open a coin in its dex's pool as a hedge; none of a coin that stands isolated or may only do so. */
export function hedges(body: Body, coin: string, scene: Scene<HyperliquidTerms>): readonly Lever[] {
  const market = marketOf(body, coin, scene);
  return market.ok ? hedgeLevers(market.value) : [];
}

/** The holding after a declared hedge, filled whole at its limit as a taker; what leverage the coin has is not known: counted as 1. */
export function applyHedge(body: Body, order: OrderAction, scene: Scene<HyperliquidTerms>): Result<Body, Why> {
  const market = marketOf(body, order.instrument, scene);
  if (!market.ok) return market;
  const checked = checkHedge("hyperliquid", order, market.value);
  if (!checked.ok) return checked;
  return applyFill(body, { ...worstFill(order, scene.terms.body.rules), opens: { isolated: false, leverage: ONE } });
}

function marketOf(body: Body, coin: string, scene: Scene<HyperliquidTerms>): Result<HedgeMarket, Why> {
  const { rules } = scene.terms.body;
  const found = termsOf(coin, scene.terms.body);
  if (!found.ok) return found;
  const { sizeDecimals, margin } = found.value;
  const grid = gridOf(coin, scene.terms.body);
  if (!grid.ok) return grid;
  const mark = markOf(coin, scene);
  if (!mark.ok) return mark;
  const pool = accountOf(body, crossKey(dexOf(coin)));
  const held = body.positions.find((each) => each.coin === coin);
  if (pool === undefined || sizeDecimals === undefined || margin !== "any" || held?.margin.mode === "isolated")
    return fail(why("hyperliquid/no-hedge-here", { coin, next: "hedge in a coin that the dex's pool may hold" }));
  const totals = totalsOf(pool, scene);
  if (!totals.ok) return totals;
  const stepWorth = multiply(grid.value.step, mark.value);
  return ok({
    ...{ instrument: coin, held: held?.size ?? ZERO, grid: grid.value, stepWorth, free: totals.value.free },
    least: leastWorth(rules.minOrder, { stepWorth, step: grid.value.step }),
    limitAt: (slippage) => {
      const bound = multiply(mark.value, add(ONE, slippage));
      return limitWithin(bound, isNegative(slippage) ? "ceil" : "floor", sizeDecimals, rules);
    },
  });
}
