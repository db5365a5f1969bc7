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
    return contract.ok ? reduceLever(exposure, contract.value) : [];
  });
  if (account.is !== "isolated" || account.position.kind !== "contract") return reduces;
  return [...addMarginLever(body, key, account.position.coin, scene), ...reduces];
}

function reduceLever({ position, mark }: Exposure, { lot, tick }: ContractTerms): readonly Lever[] {
  if (position.kind !== "contract") return [];
  const short = isNegative(position.contracts);
  const lots = quotient(magnitude(position.contracts), lot, 0, "down");
  if (isZero(lots)) return [];
  return [
    {
      use: "reduce",
      on: position.instrument,
      step: lot,
      most: multiply(lot, lots),
      act: (size, slippage) => ({
        do: "order",
        instrument: position.instrument,
        side: short ? "buy" : "sell",
        size,
        limit: limitWithin(mark, short ? slippage : negate(slippage), tick),
        reduceOnly: true,
      }),
    },
  ];
}

/** The tick nearest to the bound that does not go beyond it; at least one tick. */
function limitWithin(mark: Exact, slippage: Exact, tick: Exact): Exact {
  const ticks = quotient(multiply(mark, add(ONE, slippage)), tick, 0, isNegative(slippage) ? "ceil" : "floor");
  return ticks.digits > 0n ? multiply(tick, ticks) : tick;
}

function addMarginLever(body: Body, to: AccountKey, coin: string, scene: Scene<OkxTerms>): readonly Lever[] {
  const from = crossKey(body.mode, coin);
  const spare = spendable(body, from, coin, scene);
  if (!spare.ok) return [];
  const most = quotient(spare.value, ONE, MOVE_SCALE, "floor");
  if (isZero(most)) return [];
  return [
    {
      use: "add-margin",
      on: coin,
      step: exact(1n, MOVE_SCALE),
      most,
      act: (amount) => ({ do: "move-margin", from, to, asset: assetId(coin), amount }),
    },
  ];
}
