import type { Action, Holding } from "@plimsoll/core/book";
import type { BoundEngine, Scene } from "@plimsoll/core/margin";
import { type Goal, readHealth } from "@plimsoll/core/policy";
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
import { standingOf } from "./objective.ts";

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
 * Smallest amount of an action that brings health on a line to the goal, by search on the venue's own rules.
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
  const start = standingOf({ engine, holding, scene }, goal);
  if (start.reached) return ok(ZERO);
  const after = (count: bigint): Attempt => {
    const applied = engine.apply(holding, family(stepsOf(count, offer)), scene);
    return applied.ok
      ? standingOf({ engine, holding: applied.value, scene }, goal)
      : { reached: false, beyond: undefined };
  };
  const high = stepsIn(offer);
  const best = high > 0n ? after(high) : undefined;
  if (best === undefined || !best.reached) {
    const health =
      high > 0n
        ? readHealth(engine, engine.apply(holding, family(stepsOf(high, offer)), scene), goal, scene)
        : undefined;
    return fail(outOfReach(goal, offer, health));
  }
  return ok(
    stepsOf(leastCount(after, { count: 0n, beyond: start.beyond }, { count: high, beyond: best.beyond }), offer),
  );
}

type Attempt = { readonly reached: boolean; readonly beyond: number | undefined };
interface End {
  readonly count: bigint;
  readonly beyond: number | undefined;
}

/**
 * The smallest count that reaches, between one that misses and one that does: a straight line guesses, both sides of the guess
 * are closed in on, and halving finishes; where the line guesses badly it is halving from the start.
 */
function leastCount(after: (count: bigint) => Attempt, low: End, high: End): bigint {
  let [misses, reached] = [low.count, high.count];
  const look = (count: bigint) => {
    if (count <= misses || count >= reached) return;
    if (after(count).reached) reached = count;
    else misses = count;
  };
  if (low.beyond !== undefined && high.beyond !== undefined && high.beyond > low.beyond) {
    const share = -low.beyond / (high.beyond - low.beyond);
    const guess = low.count + (BigInt(Math.round(share * 2 ** 53)) * (high.count - low.count)) / 2n ** 53n;
    look(guess);
    const isOver = reached === guess;
    for (let width = 1n + (guess >> 44n); width < high.count; width *= 16n) {
      const before = isOver ? reached : misses;
      look(isOver ? guess - width : guess + width);
      if ((isOver ? reached : misses) === before) break;
    }
  }
  while (reached - misses > 1n) look((misses + reached) / 2n);
  return reached;
}

function outOfReach(goal: Goal, { most }: Offer, best: Figure<Exact> | undefined): Why {
  const facts = { most: text(most), target: text(goal.at), next: "raise what the guard may use, or add a remedy" };
  if (best === undefined) return why("nothing-to-use", facts);
  if (best.is === "unknown") return why("refused-by-venue-rules", { ...facts, ...best.why.facts, code: best.why.code });
  return why("target-out-of-reach", { ...facts, ...(best.is === "known" && { health: text(best.value) }) });
}
