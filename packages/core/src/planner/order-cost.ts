import type { Action, Depth } from "@plimsoll/core/book";
import {
  type Exact,
  ZERO,
  add,
  below,
  compare,
  isZero,
  magnitude,
  multiply,
  quotient,
  smaller,
  subtract,
} from "@plimsoll/core/units";

type Order = Extract<Action, { do: "order" }>;

/** What a book takes of an order, best first and not beyond the limit. */
export interface Walk {
  /** How much of the size lies inside the limit. */
  readonly filled: Exact;
  /** Size times the distance from the reference price, summed: what the fill loses against that price, in price times size. */
  readonly lost: Exact;
}

/** Walks the other side of the book. @param reference the price against which loss is counted; better fills count as no gain. */
export function walkBook(
  depth: Depth,
  { side, size, limit }: Pick<Order, "side" | "size" | "limit">,
  reference: Exact,
): Walk {
  let [filled, lost] = [ZERO, ZERO];
  for (const [price, offered] of side === "sell" ? depth.bids : depth.asks) {
    if (side === "sell" ? below(price, limit) : below(limit, price)) break;
    const taken = smaller(offered, subtract(size, filled));
    const worse = side === "sell" ? subtract(reference, price) : subtract(price, reference);
    if (below(ZERO, worse)) lost = add(lost, multiply(worse, taken));
    filled = add(filled, taken);
    if (compare(filled, size) >= 0) break;
  }
  return { filled, lost };
}

/**
 * How far an order fills on average between the reference and its limit: 0 at the reference, 1 at the limit. What the book does not
 * hold counts at the limit.
 */
export function shareOfLimit(
  depth: Depth,
  order: Order,
  reference: Exact,
): { readonly share: Exact; readonly whole: boolean } {
  const span = magnitude(subtract(order.limit, reference));
  const { filled, lost } = walkBook(depth, order, reference);
  const whole = compare(filled, order.size) >= 0;
  if (isZero(span) || isZero(order.size)) return { share: ZERO, whole };
  const rest = multiply(subtract(order.size, filled), span);
  return { share: quotient(add(lost, rest), multiply(span, order.size), 18, "up"), whole };
}

/** Sizes at which the book changes price, up to the limit. */
export function levelsOf(depth: Depth, { side, limit }: Pick<Order, "side" | "limit">): readonly Exact[] {
  const sizes: Exact[] = [];
  for (const [price, offered] of side === "sell" ? depth.bids : depth.asks) {
    if (side === "sell" ? below(price, limit) : below(limit, price)) break;
    sizes.push(add(sizes.at(-1) ?? ZERO, offered));
  }
  return sizes;
}
