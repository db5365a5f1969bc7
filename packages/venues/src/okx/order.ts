import { type OrderAction, byTick, checkReduction } from "@plimsoll/core/margin";
import { type Result, type Why, fail, isNegative, ok, why } from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import type { Body, ContractPosition } from "./holding.ts";
import type { ContractTerms, OkxTerms } from "./terms.ts";

/** What a reducing order meets. */
export interface Reduction {
  readonly position: ContractPosition;
  readonly terms: ContractTerms;
}

/**
 * The contract position an order would reduce, or why the venue would refuse it: our orders only ever reduce, in whole lots
 * and ticks. An instrument held both cross and isolated is refused, since an order does not say which it means.
 */
export function checkOrder(body: Body, order: OrderAction, terms: OkxTerms): Result<Reduction, Why> {
  const { instrument, side } = order;
  const contract = contractOf(instrument, terms);
  if (!contract.ok) return contract;
  const found = body.positions
    .filter((each) => each.kind === "contract")
    .filter((each) => each.instrument === instrument && isNegative(each.contracts) === (side === "buy"));
  const [position] = found;
  if (found.length > 1)
    return fail(
      why("okx/two-positions", { instrument, next: "it is held cross and isolated: close one of them at the venue" }),
    );
  const { lot, tick } = contract.value;
  const checked = checkReduction("okx", order, position, ({ contracts }) => contracts, byTick(lot, tick));
  return checked.ok ? ok({ position: checked.value, terms: contract.value }) : checked;
}
