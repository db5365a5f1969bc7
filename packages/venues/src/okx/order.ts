import type { Action } from "@plimsoll/core/book";
import {
  type Exact,
  type Result,
  type Why,
  compare,
  fail,
  isNegative,
  isZero,
  magnitude,
  ok,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import type { Body, ContractPosition } from "./holding.ts";
import type { ContractTerms, OkxTerms } from "./terms.ts";

export type OrderAction = Extract<Action, { readonly do: "order" }>;

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
  const { instrument, size, limit, side, reduceOnly } = order;
  const refuse = (code: string, facts: Record<string, string>) => fail(why(`okx/${code}`, { instrument, ...facts }));
  const contract = contractOf(instrument, terms);
  if (!contract.ok) return contract;
  if (!reduceOnly)
    return refuse("not-reduce-only", { next: "send reduce-only orders; opening risk is not this program's work" });
  const found = body.positions.filter((each) => each.instrument === instrument && isReducedBy(each, side));
  const [position] = found;
  if (position?.kind !== "contract")
    return refuse("no-position", { side, next: "nothing is left that this side reduces; read the account again" });
  if (found.length > 1)
    return refuse("two-positions", { next: "it is held cross and isolated: close one of them at the venue" });
  const { lot, tick } = contract.value;
  if (!isStepAboveZero(size, lot))
    return refuse("size-off-lot", { size: text(size), lot: text(lot), next: "make the size a multiple of the lot" });
  if (compare(size, magnitude(position.contracts)) > 0)
    return refuse("closes-too-much", { size: text(size), held: text(position.contracts), next: "cut the size" });
  if (!isStepAboveZero(limit, tick))
    return refuse("limit-off-tick", {
      limit: text(limit),
      tick: text(tick),
      next: "make the limit a multiple of the tick",
    });
  return ok({ position, terms: contract.value });
}

const isReducedBy = (position: Body["positions"][number], side: OrderAction["side"]): boolean =>
  position.kind === "contract" && isNegative(position.contracts) === (side === "buy");

/** Whether a value is above 0 and a whole multiple of a step. */
function isStepAboveZero(value: Exact, step: Exact): boolean {
  if (isZero(value) || isNegative(value)) return false;
  const scale = Math.max(value.scale, step.scale);
  return rescale(value, scale, "down").digits % rescale(step, scale, "down").digits === 0n;
}
