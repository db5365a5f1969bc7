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
  add,
  fail,
  isNegative,
  limitWithin,
  multiply,
  negate,
  ok,
  quotient,
  why,
} from "@plimsoll/core/units";
import { crossKey } from "./accounts.ts";
import { QUOTIENT_SCALE, contractOf } from "./exposure.ts";
import { COIN_SCALE, feeOf, pay, replace } from "./fill.ts";
import { type Body, type ContractPosition, isIsolated } from "./holding.ts";
import { spendable } from "./move-margin.ts";
import { markOf } from "./quotes.ts";
import type { ContractTerms, OkxTerms } from "./terms.ts";

/** The orders that would open a contract in the cross account as a hedge; none of an instrument held isolated. */
export function hedges(body: Body, instrument: string, scene: Scene<OkxTerms>): readonly Lever[] {
  const market = marketOf(body, instrument, scene);
  return market.ok ? hedgeLevers(market.value.market) : [];
}

/** The holding after a declared hedge, filled whole at its limit as a taker; what leverage the contract has is not known: counted as 1. */
export function applyHedge(body: Body, order: OrderAction, scene: Scene<OkxTerms>): Result<Body, Why> {
  const found = marketOf(body, order.instrument, scene);
  if (!found.ok) return found;
  const { market, terms, position } = found.value;
  const checked = checkHedge("okx", order, market);
  if (!checked.ok) return checked;
  const { instrument, side, size, limit } = order;
  const change = side === "buy" ? size : negate(size);
  const paid = pay(body, terms.settle, negate(feeOf(size, limit, terms)));
  if (position !== undefined)
    return ok(
      replace(paid, position, {
        ...position,
        contracts: add(position.contracts, change),
        entry: averageEntry(position, change, limit, terms),
      }),
    );
  const named = body.positionMode === "net" ? "net" : side === "buy" ? "long" : "short";
  const opened: ContractPosition = {
    ...{ kind: "contract", instrument, side: named, coin: terms.settle, contracts: change, entry: limit },
    ...{ margin: { mode: "cross" }, leverage: ONE },
  };
  return ok({ ...paid, positions: [...paid.positions, opened] });
}

/** The average price, of inverse contracts the average of what a quote unit bought; rounded against the owner. */
function averageEntry(
  { contracts, entry }: ContractPosition,
  change: Exact,
  price: Exact,
  { type }: ContractTerms,
): Exact {
  const whole = add(contracts, change);
  const rounding = isNegative(whole) ? "floor" : "ceil";
  if (type === "linear")
    return quotient(add(multiply(contracts, entry), multiply(change, price)), whole, COIN_SCALE, rounding);
  const bought = add(multiply(contracts, price), multiply(change, entry));
  return quotient(multiply(whole, multiply(entry, price)), bought, COIN_SCALE, rounding);
}

function marketOf(
  body: Body,
  instrument: string,
  scene: Scene<OkxTerms>,
): Result<{ readonly market: HedgeMarket; readonly terms: ContractTerms; readonly position?: ContractPosition }, Why> {
  const contract = contractOf(instrument, scene.terms.body);
  if (!contract.ok) return contract;
  const terms = contract.value;
  const mark = markOf(instrument, scene);
  if (!mark.ok) return mark;
  const free = spendable(body, crossKey(body.mode, terms.settle), terms.settle, scene);
  if (!free.ok) return free;
  const held = body.positions
    .filter((each) => each.kind === "contract")
    .filter((each) => each.instrument === instrument);
  const [position] = held;
  if (held.length > 1 || held.some(isIsolated))
    return fail(why("okx/no-hedge-here", { instrument, next: "hedge where the cross account holds one side or none" }));
  const { lot, tick, size, type } = terms;
  const step = multiply(lot, size);
  const market: HedgeMarket = {
    instrument,
    held: position?.contracts ?? ZERO,
    grid: byTick(lot, tick),
    least: lot,
    stepWorth: type === "linear" ? multiply(step, mark.value) : quotient(step, mark.value, QUOTIENT_SCALE, "ceil"),
    free: free.value,
    limitAt: (slippage) => limitWithin(mark.value, slippage, tick),
  };
  return ok({ market, terms, ...(position !== undefined && { position }) });
}
