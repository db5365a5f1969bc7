import { type Lever, type Scene, addMarginLever, reduceLever } from "@plimsoll/core/margin";
import { type AccountKey, limitWithin } from "@plimsoll/core/units";
import { WALLET, accountOf } from "./accounts.ts";
import type { Exposure } from "./exposure.ts";
import type { Body } from "./holding.ts";
import { MOVE_SCALE, walletSpare } from "./move-margin.ts";
import type { BybitTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/**
 * Ways to bring an account further from its line: reduce each position by a reduce-only order, and move wallet cash to an
 * isolated position. Empty where the account cannot be assessed.
 */
export function levers(body: Body, key: AccountKey, scene: Scene<BybitTerms>): readonly Lever[] {
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, body, scene);
  if (account === undefined || totals?.ok !== true) return [];
  const reduces = totals.value.exposures.flatMap(reduceOf);
  if (account.is === "wallet") return reduces;
  const { coin } = account.position;
  return [...addMarginLever(WALLET, key, coin, walletSpare(body, coin), MOVE_SCALE), ...reduces];
}

const reduceOf = ({ position: { symbol, size, entry }, mark, terms: { step, tick } }: Exposure): readonly Lever[] =>
  reduceLever(symbol, size, step, (slippage) => limitWithin(mark, slippage, tick), entry);
