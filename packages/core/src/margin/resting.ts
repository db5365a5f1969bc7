import type { Resting } from "@plimsoll/core/book";
import { type Figure, type Ms, type Result, type Why, fail, known, ok, unknown, why } from "@plimsoll/core/units";
import type { StopAction } from "./stop.ts";

/** A holding that keeps what lies at the venue; absent where that was not read. */
export interface Lying {
  readonly resting?: readonly Resting[];
}
/** And the open orders that count toward margin, by the same ids. */
export interface Ordering extends Lying {
  readonly orders: readonly { readonly id: string }[];
}

/** The orders of one account; unknown where they were not read. */
export const restingOf = (
  venue: string,
  { resting }: Lying,
  belongs: (each: Resting) => boolean,
  asOf: Ms,
): Figure<readonly Resting[]> =>
  resting === undefined
    ? unknown(why(`${venue}/orders-not-read`, { next: "connect the account, or write under resting what lies there" }))
    : known(resting.filter(belongs), asOf);

/** The holding with a stop placed; until the venue names it, it is named by its place. What was not read stays unknown. */
export function withStop<B extends Lying>(body: B, { instrument, side, size, trigger, limit }: StopAction): B {
  const { resting } = body;
  if (resting === undefined) return body;
  const order = `placed:${resting.length + 1}`;
  const placed = { order, instrument, side, size, reduceOnly: true, trigger, ...(limit !== undefined && { limit }) };
  return { ...body, resting: [...resting, placed] };
}

/** The holding without the orders of these ids. */
export const withoutOrders = <B extends Ordering>(body: B, gone: ReadonlySet<string>): B => ({
  ...body,
  orders: body.orders.filter(({ id }) => !gone.has(id)),
  ...(body.resting !== undefined && { resting: body.resting.filter(({ order }) => !gone.has(order)) }),
});

/** What lies at the venue by the venue's id, or by the id of who placed it. */
export const restingNamed = ({ resting }: Lying, name: string): Resting | undefined =>
  resting?.find(({ order, reference }) => order === name || reference === name);

/** The holding without the order that a cancel names, or why there is none. */
export function cancelled<B extends Ordering>(venue: string, body: B, name: string): Result<B, Why> {
  const id = restingNamed(body, name)?.order ?? name;
  const lay = body.orders.some((each) => each.id === id) || restingNamed(body, id) !== undefined;
  if (lay) return ok(withoutOrders(body, new Set([id])));
  return fail(why(`${venue}/no-order`, { order: name, next: "it is already gone; read the account again" }));
}

/** The side of a hedged instrument that an order is for: a sell that reduces and a buy that does not are for the long one. */
export const sideMeantBy = ({ side, reduceOnly }: Pick<Resting, "side" | "reduceOnly">): "long" | "short" =>
  reduceOnly === (side === "sell") ? "long" : "short";
