import { type Lever, type Scene, addMarginLever, reduceLever } from "@plimsoll/core/margin";
import { type AccountKey, ONE, add, exact, isNegative, multiply } from "@plimsoll/core/units";
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
  const reduces = totals.value.priced.flatMap((each) => reduceOf(each, scene.terms.body.rules));
  const pool = accountOf(body, crossKey(account.dex));
  return account.is === "cross" || pool === undefined ? reduces : [...addMarginOf(account, pool, scene), ...reduces];
}

/** None where the size grid is not known: then no order would be right. */
function reduceOf({ position, terms, mark }: Priced, rules: Rules): readonly Lever[] {
  const { coin, size } = position;
  const { sizeDecimals } = terms;
  if (sizeDecimals === undefined) return [];
  return reduceLever(coin, size, exact(1n, sizeDecimals), (slippage) => {
    const bound = multiply(mark, add(ONE, slippage));
    return limitWithin(bound, isNegative(slippage) ? "ceil" : "floor", sizeDecimals, rules);
  });
}

function addMarginOf(account: Account, pool: Account, scene: Scene<HyperliquidTerms>): readonly Lever[] {
  const totals = totalsOf(pool, scene);
  return addMarginLever(pool.key, account.key, account.token, totals.ok ? totals.value.free : undefined, AMOUNT_SCALE);
}
