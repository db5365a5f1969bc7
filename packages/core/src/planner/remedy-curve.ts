import type { Goal } from "@plimsoll/core/policy";
import { type Result, type Why, fail, ok, quotient, toNumber, why } from "@plimsoll/core/units";
import { costOf } from "./action-cost.ts";
import { depthOf } from "./asked-of.ts";
import type { RemedyCurve } from "./cheapest-mix.ts";
import { totalOf } from "./cost.ts";
import { type Draft, type Need, type Option, groundIn } from "./draft.ts";
import type { Ground } from "./ground.ts";
import { stepsIn, stepsOf } from "./least-amount.ts";
import { noHelp, standingOf } from "./objective.ts";
import { levelsOf } from "./order-cost.ts";

/** What an option gains and costs by its amount, sampled on the venue's own rules; `fixed` is paid once. */
export interface Sampled {
  readonly curve: RemedyCurve;
  readonly fixed: number;
}

interface Point {
  readonly count: bigint;
  readonly gain: number;
}

/** How far a straight line may be off, as a share of the whole gain, before it is cut in two; and how often it is cut. */
const STRAIGHT = 1e-9;
const CUTS = 5;

/** Samples one option from where the draft stands; or why it helps nothing. */
export function sampleOption(draft: Draft, need: Need, option: Option, goal: Goal): Result<Sampled, Why> {
  const { offer, lever, slippage, holding, remedy } = option;
  const ground = groundIn(draft.field, holding);
  const start = standingOf(ground, goal);
  const last = stepsIn(offer);
  const after = (count: bigint): Result<Ground, Why> => {
    const applied = ground.engine.apply(ground.holding, lever.act(stepsOf(count, offer), slippage), ground.scene);
    return applied.ok ? ok({ ...ground, holding: applied.value }) : applied;
  };
  const whole = after(last);
  if (!whole.ok) return whole;
  const end = standingOf(whole.value, goal);
  if (start.beyond === undefined || end.beyond === undefined)
    return fail(why("health-unknown", { next: "read the account again" }));
  const { beyond } = start;
  const pointAt = (count: bigint): Point | undefined => {
    const there = after(count);
    const gained = there.ok ? standingOf(there.value, goal).beyond : undefined;
    return gained === undefined ? undefined : { count, gain: gained - beyond };
  };
  const ends = [
    { count: 0n, gain: 0 },
    { count: last, gain: end.beyond - beyond },
  ] as const;
  const points = [ends[0], ...bends(pointAt, ...ends, CUTS), ends[1]];
  if (!points.some(({ gain }) => gain > 0)) return fail(noHelp(start, end, stepsOf(last, offer)));
  const counts = [...new Set([...points.map(({ count }) => count), ...levels(draft, need, option, ground, last)])];
  const ordered = counts.toSorted((a, b) => (a < b ? -1 : 1));
  const price = (count: bigint) => {
    const there = count === 0n ? undefined : after(count);
    if (there === undefined || !there.ok) return { fixed: 0, moving: 0 };
    const parts = costOf({ ...draft, need }, option, stepsOf(count, offer), there.value);
    const fixed = toNumber(totalOf(parts.filter(({ of }) => of === "gas")));
    return { fixed, moving: toNumber(totalOf(parts)) - fixed };
  };
  const costs = ordered.map(price);
  const curve: RemedyCurve = {
    knots: ordered.map((count) => toNumber(stepsOf(count, offer))),
    gain: ordered.map((count) => gainBetween(points, count)),
    cost: costs.map(({ moving }) => moving),
    ...("asset" in remedy && { purse: `${holding} ${remedy.asset}` }),
  };
  return ok({ curve, fixed: costs.at(-1)!.fixed });
}

/** Where the gain bends between two points: cut in two until each piece is straight. */
function bends(at: (count: bigint) => Point | undefined, from: Point, to: Point, cuts: number): readonly Point[] {
  const middle = (from.count + to.count) / 2n;
  if (cuts === 0 || middle === from.count) return [];
  const point = at(middle);
  if (point === undefined) return [];
  const straight = gainBetween([from, to], middle);
  const scale = Math.max(Math.abs(from.gain), Math.abs(to.gain));
  if (Math.abs(point.gain - straight) <= STRAIGHT * scale) return [];
  return [...bends(at, from, point, cuts - 1), point, ...bends(at, point, to, cuts - 1)];
}

function gainBetween(points: readonly Point[], count: bigint): number {
  const after = points.findIndex((point) => point.count >= count);
  const [high, low] = [points[after]!, points[Math.max(0, after - 1)]!];
  if (high.count === count) return high.gain;
  return low.gain + ((high.gain - low.gain) * Number(count - low.count)) / Number(high.count - low.count);
}

/** Where the book's price changes: the whole steps around, since between them an order cannot end. */
function levels(
  draft: Draft,
  { want }: Need,
  { lever, offer, slippage, remedy }: Option,
  ground: Ground,
  last: bigint,
): readonly bigint[] {
  const order = lever.act(offer.step, slippage);
  if (order.do !== "order" || remedy.use === "close") return [];
  const { conditions } = draft.field;
  const depth = depthOf(
    conditions,
    ground.holding.venue,
    order.instrument,
    ground.scene.now,
    want.guard.bounds.maxAgeMs,
  );
  if (depth === undefined) return [];
  const counts = levelsOf(depth, order).flatMap((size) =>
    (["floor", "ceil"] as const).map((rounding) => quotient(size, offer.step, 0, rounding).digits),
  );
  return counts.filter((count) => count > 0n && count < last);
}
