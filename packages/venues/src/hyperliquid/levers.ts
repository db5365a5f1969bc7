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
  rescale,
} from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { limitWithin } from "./grid.ts";
import type { Body } from "./holding.ts";
import { crossKey } from "./names.ts";
import { AMOUNT_SCALE, type Priced } from "./position.ts";
import type { HyperliquidTerms, Rules } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/**
 * Ways to bring an account further from its line: reduce each position by an immediate order, and move margin from the dex's
 * pool to an isolated position. Empty where the account cannot be assessed.
 */
export function levers(body: Body, key: AccountKey, scene: Scene<HyperliquidTerms>): readonly Lever[] {
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, scene);
  if (account === undefined || totals?.ok !== true) return [];
  const reduces = totals.value.priced.flatMap((each) => reduceLever(each, scene.terms.body.rules));
  const pool = accountOf(body, crossKey(account.dex));
  return account.is === "cross" || pool === undefined
    ? reduces
    : [...addMarginLevers(account, pool, scene), ...reduces];
}

/** None where the size grid is not known: then no order would be right. */
function reduceLever({ position, terms, mark }: Priced, rules: Rules): readonly Lever[] {
  const { coin, size: held } = position;
  const { sizeDecimals } = terms;
  const short = isNegative(held);
  const most = rescale(magnitude(held), sizeDecimals ?? 0, "down");
  if (sizeDecimals === undefined || isZero(most)) return [];
  const limit = (slippage: Exact): Exact => {
    const bound = multiply(mark, add(ONE, short ? slippage : negate(slippage)));
    return limitWithin(bound, short ? "floor" : "ceil", sizeDecimals, rules);
  };
  return [
    {
      use: "reduce",
      on: coin,
      step: exact(1n, sizeDecimals),
      most,
      act: (size, slippage) => ({
        do: "order",
        instrument: coin,
        side: short ? "buy" : "sell",
        size,
        limit: limit(slippage),
        reduceOnly: true,
      }),
    },
  ];
}

function addMarginLevers(account: Account, pool: Account, scene: Scene<HyperliquidTerms>): readonly Lever[] {
  const totals = totalsOf(pool, scene);
  const most = totals.ok ? rescale(totals.value.free, AMOUNT_SCALE, "floor") : undefined;
  if (most === undefined || isZero(most)) return [];
  return [
    {
      use: "add-margin",
      on: account.token,
      step: exact(1n, AMOUNT_SCALE),
      most,
      act: (amount) => ({ do: "move-margin", from: pool.key, to: account.key, asset: assetId(account.token), amount }),
    },
  ];
}
