import { type Lever, type Scene, addMarginLever, reduceLever } from "@plimsoll/core/margin";
import { type AccountKey, limitWithin } from "@plimsoll/core/units";
import { type OneAsset, accountOf, crossKey } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { BALANCE_SCALE, type Priced } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";
import { spendable, totalsOf } from "./totals.ts";

/**
 * Ways to bring an account further from its line: reduce each position by an immediate order, and move margin from the cross
 * pool to an isolated position. Empty where the account cannot be assessed.
 */
export function levers(body: Body, key: AccountKey, scene: Scene<BinanceTerms>): readonly Lever[] {
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, scene);
  if (account === undefined || totals?.ok !== true) return [];
  const reduces = totals.value.priced.flatMap(reduceOf);
  const pool = accountOf(body, crossKey(account.asset));
  return account.is !== "isolated" || pool?.is !== "cross"
    ? reduces
    : [...addMarginOf(account, pool, scene), ...reduces];
}

const reduceOf = ({ position, terms, mark }: Priced): readonly Lever[] =>
  reduceLever(
    position.symbol,
    position.size,
    terms.step,
    (slippage) => limitWithin(mark, slippage, terms.tick),
    position.entry,
  );

function addMarginOf(account: OneAsset, pool: OneAsset, scene: Scene<BinanceTerms>): readonly Lever[] {
  const totals = totalsOf(pool, scene);
  const spare = totals.ok ? spendable(pool, totals.value.free) : undefined;
  return addMarginLever(pool.key, account.key, account.asset, spare, BALANCE_SCALE);
}
