import { type Lever, type Scene, reduceLever } from "@plimsoll/core/margin";
import { type AccountKey, fromNumber, limitWithin } from "@plimsoll/core/units";
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
  return totals.value.priced.flatMap(reduceOf);
}

function reduceOf(priced: Priced): readonly Lever[] {
  const { position, rules } = priced;
  const price = priced.is === "future" ? priced.mark : fromNumber(markOf(priced));
  return reduceLever(
    position.instrument,
    position.size,
    rules.step,
    (slippage) => limitWithin(price, slippage, rules.tick),
    position.entry,
  );
}
