import type { Action, Holding } from "@plimsoll/core/book";
import type { BoundEngine, Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Figure,
  type Result,
  type Why,
  ZERO,
  exact,
  fail,
  ok,
  quotient,
  text,
  why,
} from "@plimsoll/core/units";
import { type Goal, reaches, readHealth } from "@plimsoll/core/policy";

/** How an action family depends on one amount: repay x, reduce by x, add x. */
export type Family = (amount: Exact) => Action;

/** What is on offer: amounts are whole multiples of `step`, up to `most`. */
export interface Offer {
  readonly most: Exact;
  readonly step: Exact;
}

/** The largest whole multiple of the step that the offer holds, as a count of steps. */
export const stepsIn = ({ most, step }: Offer): bigint => quotient(most, step, 0, "floor").digits;
export const stepsOf = (count: bigint, { step }: Offer): Exact => exact(step.digits * count, step.scale);

/**
 * Smallest amount of an action that brings health on a line to the goal, by bisection on the venue's own rules.
 * @returns the amount, a whole multiple of the step: one step less would miss the goal; 0 where it is reached already;
 *   or why it cannot be reached, with the best health that can.
 */
export function leastAmount(
  engine: BoundEngine,
  holding: Holding,
  scene: Scene<unknown>,
  goal: Goal,
  family: Family,
  offer: Offer,
): Result<Exact, Why> {
  if (reaches(readHealth(engine, ok(holding), goal, scene), goal)) return ok(ZERO);
  const healthAfter = (count: bigint) =>
    readHealth(engine, engine.apply(holding, family(stepsOf(count, offer)), scene), goal, scene);
  let [low, high] = [0n, stepsIn(offer)];
  const best = high > 0n ? healthAfter(high) : undefined;
  if (best === undefined || !reaches(best, goal)) return fail(outOfReach(goal, offer, best));
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (reaches(healthAfter(middle), goal)) high = middle;
    else low = middle;
  }
  return ok(stepsOf(high, offer));
}

function outOfReach(goal: Goal, { most }: Offer, best: Figure<Exact> | undefined): Why {
  const facts = { most: text(most), target: text(goal.at), next: "raise what the guard may use, or add a remedy" };
  if (best === undefined) return why("nothing-to-use", facts);
  if (best.is === "unknown") return why("refused-by-venue-rules", { ...facts, ...best.why.facts, code: best.why.code });
  return why("target-out-of-reach", { ...facts, ...(best.is === "known" && { health: text(best.value) }) });
}
