import type { Lever, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  ONE,
  add,
  assetId,
  exact,
  isNegative,
  isZero,
  magnitude,
  multiply,
  negate,
  quotient,
} from "@plimsoll/core/units";
import { type Account, accountOf, crossKey } from "./accounts.ts";
import { spendable } from "./apply.ts";
import type { Body } from "./holding.ts";
import { BALANCE_SCALE, type Priced } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/**
 * Ways to bring an account further from its line: reduce each position by an immediate order, and move margin from the cross
 * pool to an isolated position. Empty where the account cannot be assessed.
 */
export function levers(body: Body, key: AccountKey, scene: Scene<BinanceTerms>): readonly Lever[] {
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, scene);
  if (account === undefined || totals?.ok !== true) return [];
  const reduces = totals.value.priced.map(reduceLever).filter(({ most }) => !isZero(most));
  const pool = accountOf(body, crossKey(account.asset));
  return account.is === "cross" || pool === undefined
    ? reduces
    : [...addMarginLevers(account, pool, scene), ...reduces];
}

function reduceLever({ position, terms, mark }: Priced): Lever {
  const short = isNegative(position.size);
  const steps = quotient(magnitude(position.size), terms.step, 0, "down");
  return {
    use: "reduce",
    on: position.symbol,
    step: terms.step,
    most: multiply(terms.step, steps),
    act: (size, slippage) => ({
      do: "order",
      instrument: position.symbol,
      side: short ? "buy" : "sell",
      size,
      limit: limitWithin(mark, short ? slippage : negate(slippage), terms.tick),
      reduceOnly: true,
    }),
  };
}

/** The tick nearest to the bound that does not go beyond it; at least one tick. */
function limitWithin(mark: Exact, slippage: Exact, tick: Exact): Exact {
  const bound = multiply(mark, add(ONE, slippage));
  const ticks = quotient(bound, tick, 0, isNegative(slippage) ? "ceil" : "floor");
  return ticks.digits > 0n ? multiply(tick, ticks) : tick;
}

function addMarginLevers(account: Account, pool: Account, scene: Scene<BinanceTerms>): readonly Lever[] {
  const totals = totalsOf(pool, scene);
  const most = totals.ok ? spendable(pool, totals.value.free) : undefined;
  if (most === undefined || isNegative(most) || isZero(most)) return [];
  return [
    {
      use: "add-margin",
      on: account.asset,
      step: exact(1n, BALANCE_SCALE),
      most: quotient(most, ONE, BALANCE_SCALE, "floor"),
      act: (amount) => ({ do: "move-margin", from: pool.key, to: account.key, asset: assetId(account.asset), amount }),
    },
  ];
}
