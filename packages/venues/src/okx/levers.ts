import { type Lever, type Scene, addMarginLever, reduceLever } from "@plimsoll/core/margin";
import { type AccountKey, limitWithin } from "@plimsoll/core/units";
import { accountOf, crossKey } from "./accounts.ts";
import { type Exposure, contractOf } from "./exposure.ts";
import type { Body } from "./holding.ts";
import { MOVE_SCALE, spendable } from "./move-margin.ts";
import type { ContractTerms, OkxTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/**
 * Ways to bring an account further from its line: reduce each contract position by a reduce-only order, and move cash of the
 * cross account to an isolated contract position. Empty where the account cannot be assessed.
 */
export function levers(body: Body, key: AccountKey, scene: Scene<OkxTerms>): readonly Lever[] {
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, body, scene);
  if (account === undefined || totals?.ok !== true) return [];
  const reduces = totals.value.exposures.flatMap((exposure) => {
    const contract = contractOf(exposure.position.instrument, scene.terms.body);
    return contract.ok ? reduceOf(exposure, contract.value) : [];
  });
  if (account.is !== "isolated" || account.position.kind !== "contract") return reduces;
  return [...addMarginOf(body, key, account.position.coin, scene), ...reduces];
}

function reduceOf({ position, mark }: Exposure, { lot, tick }: ContractTerms): readonly Lever[] {
  if (position.kind !== "contract") return [];
  return reduceLever(
    position.instrument,
    position.contracts,
    lot,
    (slippage) => limitWithin(mark, slippage, tick),
    position.entry,
  );
}

function addMarginOf(body: Body, to: AccountKey, coin: string, scene: Scene<OkxTerms>): readonly Lever[] {
  const from = crossKey(body.mode, coin);
  const spare = spendable(body, from, coin, scene);
  return spare.ok ? addMarginLever(from, to, coin, spare.value, MOVE_SCALE) : [];
}
