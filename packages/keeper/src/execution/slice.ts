import type { Action, Depth, Holding } from "@plimsoll/core/book";
import type { Lever } from "@plimsoll/core/margin";
import {
  type Exact,
  ZERO,
  add,
  atLeast,
  cutToStep,
  isZero,
  larger,
  magnitude,
  multiply,
  quotient,
  smaller,
  subtract,
} from "@plimsoll/core/units";
import { type Sight, clampToLive, isOpening, leverFor, measureOf } from "./effect-shown.ts";
import type { Run, Track } from "./run.ts";

export type Order = Extract<Action, { readonly do: "order" }>;

/**
 * How much of an intent's order is done: what the venue said of its slices, or what the position shows since the first, whichever
 * is more. What the owner did by hand meanwhile counts too: the intent then does less.
 */
export function takenOf(track: Track, sight: Sight, order: Order, now: Holding, filled = track.filled): Exact {
  const said = [...filled.values()].reduce(add, ZERO);
  const first = track.sendings[0];
  if (first === undefined) return said;
  const start = sight.engine.advance(first.against, now.asOf, sight.scene);
  const [had, has] = [measureOf(sight, order, start) ?? ZERO, measureOf(sight, order, now) ?? ZERO];
  const shown = isOpening(order) ? subtract(has, had) : subtract(had, has);
  return smaller(order.size, larger(said, shown));
}

/** The next slice: what is left of the order, cut to the live position, within the venue's band, and no more than its book takes. */
export function nextSlice(run: Run, whole: Order, sight: Sight, now: Holding): Order | undefined {
  const left = subtract(whole.size, takenOf(run.track, sight, whole, now));
  const live = atLeast(ZERO, left) ? undefined : clampToLive(sight, { ...whole, size: left }, now);
  if (live?.do !== "order" || isZero(live.size)) return undefined;
  const lever = leverOn(sight, live, now);
  if (lever === undefined) return live;
  return cutToDepth(run, withinBand(run.track, live, lever), lever, now);
}

const leverOn = ({ engine, account, scene }: Sight, order: Order, holding: Holding): Lever | undefined =>
  engine.accounts(holding).includes(account) ? leverFor(engine.levers(holding, account, scene), order) : undefined;

/**
 * After refusals for the band: a limit at the edge that the venue named, or where it named none half as far from the mark after
 * each. Never further than the order's own limit, which is the guard's bound.
 */
function withinBand({ refusals }: Track, order: Order, lever: Lever): Order {
  const bands = refusals.filter(({ remedy }) => remedy === "band");
  const last = bands.at(-1);
  if (last === undefined) return order;
  const limit = last.edge ?? nearer(order, lever, 2n ** BigInt(bands.length));
  return { ...order, limit: order.side === "sell" ? larger(limit, order.limit) : smaller(limit, order.limit) };
}

/** A limit whose distance from the mark is this part of the order's own. */
function nearer(order: Order, lever: Lever, part: bigint): Exact {
  const atMark = lever.act(order.size, ZERO);
  if (atMark.do !== "order" || isZero(atMark.limit)) return order.limit;
  const distance = magnitude(subtract(order.limit, atMark.limit));
  const share = quotient(distance, multiply(atMark.limit, { digits: part, scale: 0 }), 18, "down");
  const made = lever.act(order.size, share);
  return made.do === "order" ? made.limit : order.limit;
}

/** No more than the book shows within the limit; all of it where the book is not known, or shows less than the smallest size. */
function cutToDepth({ ports, settings }: Run, order: Order, { step }: Lever, now: Holding): Order {
  const depth = ports.depth(now, order.instrument);
  if (depth === undefined || ports.now() - depth.at > settings.depthMs) return order;
  const offered = cutToStep(offeredWithin(depth, order), step);
  return isZero(offered) ? order : { ...order, size: smaller(order.size, offered) };
}

export function offeredWithin({ bids, asks }: Depth, { side, limit }: Pick<Order, "side" | "limit">): Exact {
  const levels = side === "sell" ? bids : asks;
  const within = levels.filter(([price]) => (side === "sell" ? atLeast(price, limit) : atLeast(limit, price)));
  return within.reduce((sum, [, size]) => add(sum, size), ZERO);
}
