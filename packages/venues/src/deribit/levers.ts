import type { Lever, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  ONE,
  add,
  fromNumber,
  isNegative,
  isZero,
  magnitude,
  multiply,
  negate,
  quotient,
} from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { markOf } from "./margin-standard.ts";
import type { Priced } from "./priced.ts";
import type { DeribitTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/** Reduce each position by an immediate order; empty where the account cannot be assessed. */
export function levers(body: Body, key: AccountKey, scene: Scene<DeribitTerms>): readonly Lever[] {
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, scene);
  if (totals?.ok !== true) return [];
  return totals.value.priced.map(reduceLever).filter(({ most }) => !isZero(most));
}

function reduceLever(priced: Priced): Lever {
  const { position, rules } = priced;
  const short = isNegative(position.size);
  const price = priced.is === "future" ? priced.mark : fromNumber(markOf(priced));
  return {
    use: "reduce",
    on: position.instrument,
    step: rules.step,
    most: multiply(rules.step, quotient(magnitude(position.size), rules.step, 0, "down")),
    act: (size, slippage) => ({
      do: "order",
      instrument: position.instrument,
      side: short ? "buy" : "sell",
      size,
      limit: limitWithin(price, short ? slippage : negate(slippage), rules.tick),
      reduceOnly: true,
    }),
  };
}

/** The tick nearest to the bound that does not go beyond it; at least one tick. */
function limitWithin(price: Exact, slippage: Exact, tick: Exact): Exact {
  const ticks = quotient(multiply(price, add(ONE, slippage)), tick, 0, isNegative(slippage) ? "ceil" : "floor");
  return ticks.digits > 0n ? multiply(tick, ticks) : tick;
}
