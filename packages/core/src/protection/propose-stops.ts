import { type Action, type Resting, type StopTrigger, isOurs } from "@plimsoll/core/book";
import type { Ground } from "@plimsoll/core/planner";
import {
  type Exact,
  type Figure,
  type Result,
  type Why,
  brief,
  compare,
  dec,
  fail,
  magnitude,
  multiply,
  ok,
  subtract,
  text,
  trim,
  why,
} from "@plimsoll/core/units";
import { type Position } from "./position.ts";
import { isTakenAt } from "./price-walk.ts";
import { type WantedStop } from "./wanted-stops.ts";

/** One thing to do so that what lies at the venue becomes what shall lie there. */
export interface StopWork {
  readonly action: Extract<Action, { readonly do: "stop" | "cancel" }>;
  /** The position it is about; absent for what is left over from one that is gone. */
  readonly position?: Position;
  /** Without it a position has no stop of ours that works. */
  readonly urgent: boolean;
  readonly because: string;
}

export interface StopPlan {
  readonly works: readonly StopWork[];
  /** What the venue would refuse, and what cannot be said. */
  readonly refusals: readonly Why[];
}

/** An order that waits at the venue for its position to lose, and can only reduce it. */
export type LyingStop = Resting & { readonly trigger: StopTrigger };
export const isStop = (order: Resting): order is LyingStop =>
  order.reduceOnly && order.trigger?.when === (order.side === "sell" ? "at-or-below" : "at-or-above");

/**
 * Of the distance that a following stop keeps, the share by which it may be too near or too far before it is replaced: a message for
 * each tick would use up what a venue lets an account send. The same share by which a trigger's release lies beyond it.
 */
const FOLLOW_BAND = dec("0.2");

/**
 * What to place and cancel so that each wanted stop lies at the venue once. A new stop is placed while the old one still lies, and the
 * old one is cancelled by the reading that shows both: between them nothing is unprotected. Only where the venue takes one at a time
 * does the old one go first, and the work says so. Orders of the owner's own hand are never touched.
 * @param wanted of all armed guards of the account; where none wants a stop for a position, what lies there stays.
 * @param lying unknown is not protection, and no reason to place twice: then nothing is done.
 */
export function proposeStops(
  ground: Ground,
  positions: readonly Position[],
  wanted: readonly WantedStop[],
  lying: Figure<readonly Resting[]>,
): StopPlan {
  if (lying.is !== "known") return { works: [], refusals: [unreadable(lying.why)] };
  const ours = lying.value.filter(isStop).filter(isOurs);
  const works: StopWork[] = [];
  const refusals: Why[] = [];
  const kept = new Set<LyingStop>();
  const missing: Position[] = [];
  for (const want of wanted) {
    const serving = ours.find((stop) => !kept.has(stop) && serves(ground, stop, want));
    if (serving !== undefined) {
      kept.add(serving);
      continue;
    }
    missing.push(want.position);
    const placed = place(ground, want, ours);
    if (placed.ok) works.push(placed.value);
    else refusals.push(placed.failure);
  }
  const isServed = (stop: Resting) =>
    wanted.some(({ position }) => isFor(stop, position)) && !missing.some((position) => isFor(stop, position));
  const others = ours.filter((stop) => !kept.has(stop));
  return { works: [...works, ...others.flatMap((stop) => leftover(stop, positions, isServed(stop)))], refusals };
}

const unreadable = (reason: Why): Why =>
  why("stop/unknown-what-lies-there", {
    code: reason.code,
    ...reason.facts,
    next: "nothing is placed twice: see at the venue what lies there",
  });

const isFor = ({ instrument, side }: Resting, position: Position): boolean =>
  instrument === position.instrument && side === position.side;

/** Whether a stop that lies there closes the whole position before the venue would take it. */
const protects = (ground: Ground, stop: LyingStop, { position, quote }: WantedStop): boolean =>
  isFor(stop, position) &&
  (stop.size === "all" || compare(stop.size, position.size) >= 0) &&
  !isTakenAt(ground, position.account, quote, stop.trigger.at);

/** Whether it is the wanted one, or near enough to it. */
function serves(ground: Ground, stop: LyingStop, want: WantedStop): boolean {
  const { trigger, limit, follows } = want;
  if (stop.trigger.kind !== trigger.kind || stop.trigger.when !== trigger.when) return false;
  if ((stop.limit === undefined) !== (limit === undefined) || !protects(ground, stop, want)) return false;
  if (follows === undefined)
    return isSame(stop.trigger.at, trigger.at) && (limit === undefined || isSame(stop.limit!, limit));
  const off = magnitude(subtract(stop.trigger.at, trigger.at));
  return compare(off, multiply(follows.room, FOLLOW_BAND)) <= 0;
}
const isSame = (a: Exact, b: Exact): boolean => compare(a, b) === 0;

/** The work that puts a wanted stop there, or why the venue would not take it. */
function place(ground: Ground, want: WantedStop, ours: readonly LyingStop[]): Result<StopWork, Why> {
  const { position, follows, trigger } = want;
  const old = ours.filter((stop) => isFor(stop, position));
  const urgent = !old.some((stop) => protects(ground, stop, want));
  const action = taken(ground, want);
  const where = `${trigger.kind} ${text(trim(trigger.at))}`;
  const follow =
    follows === undefined ? "" : `, ${brief(follows.room)} before the liquidation at ${brief(follows.liquidation)}`;
  const because = `a stop for ${text(position.size)} ${position.instrument} shall lie at ${where}${follow}`;
  if (action.ok) return ok({ action: action.value, position, urgent, because });
  for (const { order } of old) {
    const cancel = { do: "cancel", order } as const;
    const without = ground.engine.apply(ground.holding, cancel, ground.scene);
    if (!without.ok || !taken({ ...ground, holding: without.value }, want).ok) continue;
    const gap = `the venue takes one at a time: ${order} goes first, and until the new one lies there nothing protects`;
    return ok({ action: cancel, position, urgent, because: `${because}; ${gap}` });
  }
  return fail(action.failure);
}

/** The stop as the venue would take it: with the size of the position, else for whatever the position is by then. */
function taken({ engine, holding, scene }: Ground, want: WantedStop): Result<StopWork["action"], Why> {
  const { position, trigger, limit } = want;
  const { instrument, side } = position;
  const common = { do: "stop", instrument, side, trigger, ...(limit !== undefined && { limit }) } as const;
  const sized = { ...common, size: position.size };
  const first = engine.apply(holding, sized, scene);
  if (first.ok) return ok(sized);
  const whole = { ...common, size: "all" } as const;
  return engine.apply(holding, whole, scene).ok ? ok(whole) : first;
}

/** A stop of ours that nothing needs: its position is gone, or others serve in its place; else it stays. */
function leftover(stop: LyingStop, positions: readonly Position[], isServed: boolean): readonly StopWork[] {
  const { order, instrument } = stop;
  const action = { do: "cancel", order } as const;
  const position = positions.find((each) => isFor(stop, each));
  if (position === undefined)
    return [{ action, urgent: false, because: `the position of ${instrument} is gone: its stop ${order} goes too` }];
  const because = `another stop of ${instrument} lies in the place of ${order}`;
  return isServed ? [{ action, position, urgent: false, because }] : [];
}
