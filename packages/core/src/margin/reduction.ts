import type { Action } from "@plimsoll/core/book";
import {
  type Exact,
  type Result,
  type Why,
  compare,
  cutToStep,
  fail,
  isMultiple,
  isNegative,
  isZero,
  magnitude,
  negate,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import type { Lever } from "./contract.ts";

export type OrderAction = Extract<Action, { readonly do: "order" }>;

/** What orders of one instrument must keep to. */
export interface OrderGrid {
  /** Sizes are whole multiples of it. */
  readonly step: Exact;
  /** Whether a limit price is one the venue takes, and which those are. */
  readonly isPrice: (limit: Exact) => boolean;
  readonly prices: string;
}

/** Prices in whole ticks. */
export const byTick = (step: Exact, tick: Exact): OrderGrid => ({
  step,
  isPrice: (limit) => isMultiple(limit, tick),
  prices: `multiples of ${text(tick)}`,
});

/**
 * The position that an order reduces, or why an exchange would refuse it: our orders only ever reduce, on the venue's grid, and
 * no further than what is held.
 * @param position what the order names; undefined where nothing is held.
 * @param sizeOf its size with its sign.
 */
export function checkReduction<P>(
  venue: string,
  order: OrderAction,
  position: P | undefined,
  sizeOf: (position: P) => Exact,
  { step, isPrice, prices }: OrderGrid,
): Result<P, Why> {
  const { instrument, side, size, limit, reduceOnly } = order;
  const refuse = (code: string, facts: Record<string, string>) =>
    fail(why(`${venue}/${code}`, { instrument, ...facts }));
  if (!reduceOnly)
    return refuse("not-reduce-only", { next: "send reduce-only orders; opening risk is not this program's work" });
  if (position === undefined)
    return refuse("no-position", { side, next: "nothing is left to reduce; read the account again" });
  const held = sizeOf(position);
  if (isNegative(held) === (side === "sell"))
    return refuse("wrong-side", { size: text(held), side, next: "the order would add to the position" });
  if (!isMultiple(size, step))
    return refuse("size-off-step", {
      size: text(size),
      step: text(step),
      next: "cut the size to a multiple of the step",
    });
  if (compare(size, magnitude(held)) > 0)
    return refuse("closes-too-much", { size: text(size), held: text(held), next: "cut the size to what is held" });
  if (!isPrice(limit))
    return refuse("limit-off-tick", { limit: text(limit), prices, next: "round the limit to a price of the grid" });
  return ok(position);
}

/** The lever that reduces a position by an immediate reduce-only order; none where what is held is below one step. */
export function reduceLever(
  instrument: string,
  held: Exact,
  step: Exact,
  limitAt: (slippage: Exact) => Exact,
  entry?: Exact,
): readonly Lever[] {
  const short = isNegative(held);
  const most = cutToStep(magnitude(held), step);
  if (isZero(most)) return [];
  return [
    {
      use: "reduce",
      on: instrument,
      step,
      most,
      ...(entry !== undefined && { entry }),
      act: (size, slippage) => ({
        do: "order",
        instrument,
        side: short ? "buy" : "sell",
        size,
        limit: limitAt(short ? slippage : negate(slippage)),
        reduceOnly: true,
      }),
    },
  ];
}
