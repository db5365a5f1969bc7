import type { BookEvent } from "@plimsoll/core/book";
import type { Reserve } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import type { TurnPorts } from "@plimsoll/core/turn";
import { type Exact, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { SeriesPoint, Tape } from "@plimsoll/lab/tape";
import { type Order, orders, pathOf } from "./path.ts";
import { type Ran, runCourse } from "./run-course.ts";
import type { Driven } from "./world.ts";

/** What is replayed: a tape, the quotes that follow it, a book as it stood at the start, and who guards it. */
export interface ReplayPlan {
  readonly tape: Tape;
  readonly driven: readonly Driven[];
  /** Terms, prices and holdings before the first bar. */
  readonly start: readonly BookEvent[];
  readonly guards: readonly Guard[];
  readonly reserves: readonly Reserve[];
  /** Settlements of the driven instruments, ascending; none are assumed. */
  readonly funding?: readonly SeriesPoint[];
}

/** One way through the tape. */
export interface Run extends Ran {
  readonly order: Order;
}

export interface Replay {
  readonly tape: Tape["record"];
  /** Both ways through every bar, because a candle does not say which extreme came first. */
  readonly runs: readonly Run[];
  /** The worse of the two ways. */
  readonly survived: boolean;
}

/**
 * Replays a tape through the same turn and engines that run live; the world's side (fills, interest, liquidation) is the engines' own.
 * At each price the venue acts first, then we see what is left; our orders fill at the worst price their guard allows.
 * @returns a failure when no quote of the book follows the tape.
 */
export function replay(plan: ReplayPlan, ports: TurnPorts): Result<Replay, Why> {
  const priced = new Set(plan.start.flatMap((event) => (event.type === "price" ? [event.key] : [])));
  const strange = plan.driven.find(({ quote }) => !priced.has(quote));
  if (plan.driven.length === 0 || strange !== undefined) {
    const detail = strange === undefined ? "no quote follows the tape" : `the book has no quote ${strange.quote}`;
    return fail(why("replay/no-quote", { detail, next: `drive one of: ${[...priced].join(", ")}` }));
  }
  const { tape, driven } = plan;
  const pricesOf = (price: Exact) => new Map(driven.map(({ quote }) => [quote, price]));
  const runs = orders.map((order): Run => {
    const path = tape.bars.flatMap((bar) => pathOf(bar, tape.intervalMs, order));
    const points = path.map(({ at, price }) => ({ at, prices: pricesOf(price) }));
    return { order, ...runCourse({ ...plan, points }, ports) };
  });
  return ok({ tape: tape.record, runs, survived: runs.every(({ survived }) => survived) });
}
