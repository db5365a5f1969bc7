import { type Exact, type Why, ZERO, text, why } from "@plimsoll/core/units";
import type { Goal, Guard, HashOf } from "@plimsoll/core/policy";
import { chooseFirst, healthIn, pileUp } from "./choose-as-written.ts";
import { chooseCheapest } from "./choose-cheapest.ts";
import { costOfNothing } from "./cost-of-nothing.ts";
import { type Draft, type Need, type Want, groundIn, noted } from "./draft.ts";
import { moneyElsewhere } from "./elsewhere.ts";
import { standingOf } from "./objective.ts";
import { optionsFor } from "./options.ts";
import { reduceShare } from "./reduce-share.ts";
import { saying } from "./saying.ts";

/** A draft, and why the want is not met by it, or not wholly. */
export interface Rescue {
  readonly draft: Draft;
  readonly gap: Exact;
  readonly shortfall?: Why;
}

/** The health a guard wants back; undefined where it wants a share reduced. */
export const goalOf = ({ trigger, target }: Guard, account: Want["account"]): Goal | undefined =>
  target.want === "health"
    ? { account, line: trigger.when === "health" ? trigger.line : "maintenance", at: target.at }
    : undefined;

/** What a want needs, looked up once. */
export function needOf({ field }: Draft, want: Want, hashOf: HashOf): Need {
  const ground = groundIn(field, want.guard.scope.holding);
  const { unit } = ground.engine.assess(ground.holding, want.account, ground.scene);
  return { want, unit, loss: costOfNothing(ground, want.account), hashOf };
}

/**
 * Adds to a draft what one guard wants: the cheapest mix of its ladder that reaches the goal, or the first of it that does where the
 * guard insists on its order; where nothing reaches it, all that helps, and how near that comes.
 */
export function proposeRescue(draft: Draft, want: Want, hashOf: HashOf): Rescue {
  const { target } = want.guard;
  // what only speaks, or hastens others, plans nothing of its own
  if (target.want === "notice" || target.want === "tighten") return { draft, gap: ZERO };
  const need = needOf(draft, want, hashOf);
  const goal = goalOf(want.guard, want.account);
  if (goal === undefined) return { ...reduceShare(draft, need), gap: ZERO };
  const { health, reached } = standingOf(groundIn(draft.field, want.guard.scope.holding), goal);
  if (reached) {
    const is = health.is === "known" ? `health is ${text(health.value)}` : "nothing is left to liquidate";
    const what = `${want.guard.name}: anything more`;
    return { draft: noted(draft, { what, why: `not needed, after the actions before ${is}` }), gap: ZERO };
  }
  const { options, refused } = optionsFor(
    draft,
    need,
    want.guard.ladder,
    health.is === "known" ? health.value : undefined,
  );
  const start = noted(draft, ...refused, ...moneyElsewhere(draft, need));
  const first = want.guard.choose === "as-written" ? chooseFirst(start, need, goal, options) : undefined;
  if (first !== undefined) return { draft: first, gap: ZERO };
  const cheapest = want.guard.choose === "as-written" ? undefined : chooseCheapest(start, need, goal, options);
  if (cheapest?.draft !== undefined) return { draft: cheapest.draft, gap: cheapest.gap };
  const piled = pileUp(start, need, goal, options);
  if (piled.reached) return { draft: piled.draft, gap: ZERO };
  return {
    draft: piled.draft,
    gap: ZERO,
    shortfall: outOfReach(
      piled,
      need,
      goal,
      refused.map(({ what, why }) => `${what}: ${why}`),
    ),
  };
}

/** How near one can get, and what stands in the way. */
function outOfReach(
  { draft, refused }: ReturnType<typeof pileUp>,
  need: Need,
  goal: Goal,
  unusable: readonly string[],
): Why {
  return why("target-out-of-reach", {
    guard: need.want.guard.id,
    target: text(goal.at),
    nearest: healthIn(draft, need, goal),
    ...(refused && { refused: saying(refused) }),
    ...(unusable.length > 0 && { unusable: unusable.join("; ") }),
    next: "raise what the guard may use, or add a remedy",
  });
}
