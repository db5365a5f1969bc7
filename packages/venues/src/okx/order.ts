import {
  type OrderAction,
  type Scene,
  type StopAction,
  byTick,
  checkReduction,
  checkTrigger,
  orderOfStop,
} from "@plimsoll/core/margin";
import { type PriceKind, type Result, type Why, ZERO, fail, isNegative, ok, why } from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import type { Body, ContractPosition } from "./holding.ts";
import { markOf } from "./quotes.ts";
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
  const contract = contractOf(order.instrument, terms);
  if (!contract.ok) return contract;
  const position = reducedBy(body, order);
  if (!position.ok) return position;
  const { lot, tick } = contract.value;
  const checked = checkReduction("okx", order, position.value, ({ contracts }) => contracts, byTick(lot, tick));
  return checked.ok ? ok({ position: checked.value, terms: contract.value }) : checked;
}

/** The contract position that an order of this side would reduce, undefined where there is none; one held both ways is refused. */
export function reducedBy(
  { positions }: Body,
  { instrument, side }: OrderAction | StopAction,
): Result<ContractPosition | undefined, Why> {
  const found = positions
    .filter((each) => each.kind === "contract")
    .filter((each) => each.instrument === instrument && isNegative(each.contracts) === (side === "buy"));
  if (found.length <= 1) return ok(found[0]);
  const next = "it is held cross and isolated: close one of them at the venue";
  return fail(why("okx/two-positions", { instrument, next }));
}

/** What the venue watches of ours. @source OKX API documentation, place algo order, slTriggerPxType */
const KINDS: readonly PriceKind[] = ["mark", "last", "index"];

/**
 * The position that a stop would reduce, or why the venue would refuse it: it must fit as an order would, its trigger lie ahead. One of
 * whatever is there goes at market, and in net mode alone.
 * @source OKX error codes 51329 (closeFraction in net mode only) and 51330 (at market only)
 */
export function checkStop(body: Body, stop: StopAction, scene: Scene<OkxTerms>): Result<Reduction, Why> {
  const { instrument, size } = stop;
  const contract = contractOf(instrument, scene.terms.body);
  if (!contract.ok) return contract;
  const mark = markOf(instrument, scene);
  if (!mark.ok) return mark;
  const { lot, tick } = contract.value;
  const trigger = checkTrigger("okx", stop, mark.value, { ...byTick(lot, tick), kinds: KINDS, limitOfAll: false });
  if (!trigger.ok) return trigger;
  if (size === "all" && body.positionMode === "long-short")
    return fail(why("okx/no-stop-of-all", { instrument, next: "name a size: only net mode closes whatever is there" }));
  const held = reducedBy(body, stop);
  if (!held.ok) return held;
  return checkOrder(body, orderOfStop(stop, held.value?.contracts ?? ZERO, lot), scene.terms.body);
}
