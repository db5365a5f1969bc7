import { type Action, type Resting, isOurs } from "@plimsoll/core/book";
import {
  type Exact,
  type Ms,
  ZERO,
  below,
  brief,
  cutToStep,
  dec,
  isZero,
  larger,
  smaller,
  subtract,
  text,
  trim,
} from "@plimsoll/core/units";
import type { Position } from "./position.ts";

/** A stop of ours whose price came and which the market left behind at its limit, until nothing is left to close for it. */
export interface WokenStop {
  readonly order: string;
  readonly instrument: string;
  readonly side: "buy" | "sell";
  /** What of it is not closed yet, and the position, when both were read last. */
  readonly left: Exact;
  readonly position: Exact;
  /** The first reading that showed it in the book, and the last by which it was followed. */
  readonly since: Ms;
  readonly seen: Ms;
  /** When we asked last for its cancel, and when an order went out for what it left. */
  readonly cancelled?: Ms;
  readonly sent?: Ms;
}

/** A stop that woke fills at once or hardly: the next reading but one finds it unfilled. Assumed; readings come every 10 s or sooner. */
const PATIENCE_MS = 5_000;
/** Furthest from the mark that it may be filled then, as a share. */
const ESCALATE_WITHIN = dec("0.05");
/** Who stopped following it for so long, halted or without an armed guard, does not close later what it left: its owner was told. */
const LAPSES_MS = 3_600_000;
/** What a venue does not show done is not asked for more often. */
const AGAIN_MS = 10_000;

/**
 * Follows stops that woke over one more reading. While one lies there the venue says what is left of it. One that is gone without our
 * doing was filled, or taken away by its owner, and is forgotten; of one that we cancelled what the position has lost since counts as
 * done, by whom it may be: what is closed for it is never more than the stop would have.
 */
export function applyWoken(
  before: readonly WokenStop[],
  lying: readonly Resting[],
  positions: readonly Position[],
  read: Ms,
): readonly WokenStop[] {
  const sizeOf = ({ instrument, side }: Pick<Resting, "instrument" | "side">): Exact =>
    positions.find((each) => each.instrument === instrument && each.side === side)?.size ?? ZERO;
  const open = lying.filter(isWoken);
  const there = open.map(({ order, instrument, side, size }): WokenStop => {
    const position = sizeOf({ instrument, side });
    const left = size === "all" ? position : smaller(size, position);
    const known = before.find((each) => each.order === order);
    return { since: read, ...known, order, instrument, side, left, position, seen: read };
  });
  const gone = before
    .filter(({ order, cancelled }) => cancelled !== undefined && !open.some((each) => each.order === order))
    .filter(({ seen }) => read - seen < LAPSES_MS)
    .map((stop): WokenStop => {
      const position = sizeOf(stop);
      const closed = larger(ZERO, subtract(stop.position, position));
      return { ...stop, left: smaller(subtract(stop.left, closed), position), position, seen: read };
    });
  return [...there, ...gone].filter(({ left }) => below(ZERO, left));
}

/** It can only reduce, is ours, and waits for no price: one that still lies in the book did not fill. */
const isWoken = (each: Resting): boolean => each.reduceOnly && each.trigger === undefined && isOurs(each);

/** What is to be done about a stop that woke, and why. */
export interface Escalation {
  readonly action: Extract<Action, { readonly do: "cancel" | "order" }>;
  readonly because: string;
}

/**
 * The next thing to do about a stop that woke: it is cancelled once it lay there longer than a stop takes to fill; what it left is
 * closed within a bound of the mark, by a reading that shows it gone.
 * @param read when what lies there was read. @returns undefined while there is nothing to do.
 */
export function escalationOf(
  stop: WokenStop,
  lying: readonly Resting[],
  positions: readonly Position[],
  read: Ms,
  now: Ms,
): Escalation | undefined {
  const { order, instrument, side, left, since, cancelled = -AGAIN_MS, sent = -AGAIN_MS } = stop;
  const what = `the stop ${order} of ${instrument} woke and did not fill`;
  if (lying.some((each) => each.order === order)) {
    if (read - since < PATIENCE_MS || now - cancelled < AGAIN_MS) return undefined;
    const because = `${what} in ${read - since} ms: it gives way to an order nearer to the market`;
    return { action: { do: "cancel", order }, because };
  }
  const position = positions.find((each) => each.instrument === instrument && each.side === side);
  const size = position === undefined ? ZERO : cutToStep(left, position.lever.step);
  if (position === undefined || isZero(size) || now - sent < AGAIN_MS) return undefined;
  const action = position.lever.act(size, ESCALATE_WITHIN);
  if (action.do !== "order") return undefined;
  return {
    action,
    because: `${what}: what it left, ${text(trim(size))}, is closed at ${brief(action.limit)} or better`,
  };
}
