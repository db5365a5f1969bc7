import { type Exact, type Ms, fromNumber, ms, rescale, toNumber } from "@plimsoll/core/units";
import type { Step } from "./drill.ts";

/** What holds at a moment: the newest step's value, before the first step that of the first. Wicks count while they last. */
export function heldAt<T>(steps: readonly Step<T>[], at: Ms): T {
  const wick = wickAt(steps, at);
  return (wick ?? lastAt(steps, at) ?? steps[0]!).to;
}

/** The value of prices: straight lines of the logarithm from step to step, or held where a step says so. Digits of the steps and two more. */
export function priceAt(steps: readonly Step<Exact>[], at: Ms): Exact {
  const wick = wickAt(steps, at);
  if (wick !== undefined) return wick.to;
  const body = steps.filter(({ wickMs }) => wickMs === undefined);
  const before = lastAt(body, at);
  if (before === undefined) return (body[0] ?? steps[0]!).to;
  const after = body.find((step) => step.at > at);
  if (after === undefined || before.hold || before.at === at) return before.to;
  const part = (at - before.at) / (after.at - before.at);
  const [from, to] = [toNumber(before.to), toNumber(after.to)];
  return rounded(from * (to / from) ** part, steps);
}

/** Steps after one moment, up to and including another: what happens once, like a settlement. */
export const between = <T>(steps: readonly Step<T>[], after: Ms, until: Ms): readonly Step<T>[] =>
  steps.filter(({ at }) => at > after && at <= until);

/** A number with as many decimals as the steps show, and two more, but no more than an oracle prints. */
export function rounded(value: number, steps: readonly Step<Exact>[]): Exact {
  const shown = Math.max(...steps.map(({ to }) => to.scale));
  return rescale(fromNumber(value), Math.min(shown + 2, MOST_DECIMALS), "half-even");
}
const MOST_DECIMALS = 8;

const lastAt = <T>(steps: readonly Step<T>[], at: Ms): Step<T> | undefined =>
  steps.findLast((step) => step.wickMs === undefined && step.at <= at);

const wickAt = <T>(steps: readonly Step<T>[], at: Ms): Step<T> | undefined =>
  steps.find((step) => step.wickMs !== undefined && step.at <= at && at < step.at + step.wickMs);

/** Moments at which a course turns: its steps, and where its wicks end. */
export const turnsOf = (steps: readonly Step<unknown>[]): readonly Ms[] =>
  steps.flatMap(({ at, wickMs }) => (wickMs === undefined ? [at] : [at, ms(at + wickMs)]));
