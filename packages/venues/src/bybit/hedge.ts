import {
  type HedgeMarket,
  type Lever,
  type OrderAction,
  type Scene,
  byTick,
  checkHedge,
  hedgeLevers,
  smallerFree,
} from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  fail,
  limitWithin,
  multiply,
  ok,
  quotient,
  why,
} from "@plimsoll/core/units";
import { WALLET, accountOf } from "./accounts.ts";
import { QUOTIENT_SCALE, contractOf } from "./exposure.ts";
import { applyFill, feeOf } from "./fill.ts";
import type { Body, Side } from "./holding.ts";
import { walletSpare } from "./move-margin.ts";
import { indexOf, markOf } from "./quotes.ts";
import type { BybitTerms, ContractTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/** The orders that would open a contract as a hedge, out of the cash of its own coin; none in portfolio margin. */
export function hedges(body: Body, symbol: string, scene: Scene<BybitTerms>): readonly Lever[] {
  const market = marketOf(body, symbol, scene);
  return market.ok ? hedgeLevers(market.value.market) : [];
}

/** The holding after a declared hedge, filled whole at its limit as a taker; what leverage the contract has is not known: counted as 1. */
export function applyHedge(body: Body, order: OrderAction, scene: Scene<BybitTerms>): Result<Body, Why> {
  const found = marketOf(body, order.instrument, scene);
  if (!found.ok) return found;
  const { market, terms } = found.value;
  const checked = checkHedge("bybit", order, market);
  if (!checked.ok) return checked;
  const { instrument: symbol, side: trade, size, limit: price } = order;
  const twoSided = body.positions.some((each) => each.side !== "one-way");
  const side: Side = twoSided ? (trade === "buy" ? "long" : "short") : "one-way";
  return applyFill(body, { symbol, side, trade, size, price, fee: feeOf(size, price, terms), leverage: ONE }, terms);
}

function marketOf(
  body: Body,
  symbol: string,
  scene: Scene<BybitTerms>,
): Result<{ readonly market: HedgeMarket; readonly terms: ContractTerms }, Why> {
  const contract = contractOf(symbol, scene.terms.body);
  if (!contract.ok) return contract;
  const terms = contract.value;
  const mark = markOf(symbol, scene);
  if (!mark.ok) return mark;
  const free = freeOf(body, terms.settle, scene);
  if (!free.ok) return free;
  const held = body.positions.filter((each) => each.symbol === symbol);
  if (held.length > 1) return fail(why("bybit/no-hedge-here", { symbol, next: "both sides are held already" }));
  const { step, tick } = terms;
  const market: HedgeMarket = {
    instrument: symbol,
    held: held[0]?.size ?? ZERO,
    grid: byTick(step, tick),
    least: step,
    stepWorth:
      terms.type === "linear" ? multiply(step, mark.value) : quotient(step, mark.value, QUOTIENT_SCALE, "ceil"),
    free: free.value,
    limitAt: (slippage) => limitWithin(mark.value, slippage, tick),
  };
  return ok({ market, terms });
}

/** Cash of the coin, and of the wallet that backs all no more than its free margin, in that coin. */
function freeOf(body: Body, coin: string, scene: Scene<BybitTerms>): Result<Exact, Why> {
  const cash = walletSpare(body, coin);
  const wallet = accountOf(body, WALLET);
  if (cash === undefined || wallet === undefined) return ok(ZERO);
  const totals = totalsOf(wallet, body, scene);
  if (!totals.ok) return totals;
  if (body.mode === "isolated") return ok(smallerFree(cash));
  const index = indexOf(coin, scene);
  return index.ok ? ok(smallerFree(cash, quotient(totals.value.free, index.value, QUOTIENT_SCALE, "floor"))) : index;
}
