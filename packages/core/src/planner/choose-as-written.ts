import type { Goal } from "@plimsoll/core/policy";
import { type Why, below, isZero, text } from "@plimsoll/core/units";
import { type Draft, type Need, type Option, groundIn, noted, onOf, withAction } from "./draft.ts";
import { stepsIn, stepsOf } from "./least-amount.ts";
import { type Standing, noHelp, standingOf } from "./objective.ts";
import { saying } from "./saying.ts";
import { closeWith, within } from "./settle-mix.ts";

/** The first single action in the order of the ladder that reaches the goal; what the others lack or would have taken is noted. */
export function chooseFirst(start: Draft, need: Need, goal: Goal, options: readonly Option[]): Draft | undefined {
  let chosen: Draft | undefined;
  let notes = start;
  for (const option of options) {
    const what = `${option.remedy.use} ${onOf(option.remedy)}`;
    const closed = closeWith(start, start, need, goal, option);
    if (!closed.ok) notes = noted(notes, { what: `${what} alone`, why: saying(closed.failure) });
    else if (chosen === undefined) chosen = closed.value;
    else notes = noted(notes, { what, why: "reaches the target too, but stands later in the ladder" });
  }
  return chosen && { ...chosen, alternatives: notes.alternatives };
}

/** The most of each option in turn, as far as it helps, and the least of the last: as near as the goal can be come. */
export function pileUp(
  start: Draft,
  need: Need,
  goal: Goal,
  options: readonly Option[],
): { readonly draft: Draft; readonly reached: boolean; readonly refused?: Why } {
  const { scope } = need.want.guard;
  let draft = start;
  let refused: Why | undefined;
  for (const option of options) {
    const closed = closeWith(draft, start, need, goal, option);
    if (closed.ok) return { draft: closed.value, reached: true };
    const most = within(start, draft, option, stepsOf(stepsIn(option.offer), option.offer));
    if (isZero(most)) continue;
    const added = withAction(draft, need, option, most);
    if (!added.ok) {
      refused = added.failure;
      continue;
    }
    const [then, now] = [draft, added.value].map(({ field }) => standingOf(groundIn(field, scope.holding), goal));
    if (helps(then!, now!)) draft = added.value;
    else refused = noHelp(then!, now!, most);
  }
  return { draft, reached: false, ...(refused && { refused }) };
}

function helps(before: Standing, { reached, health }: Standing): boolean {
  if (before.health.is !== "known" || health.is !== "known") return reached;
  return below(before.health.value, health.value);
}

/** The health that a draft leads to, for people. */
export function healthIn({ field }: Draft, { want }: Need, goal: Goal): string {
  const { health } = standingOf(groundIn(field, want.guard.scope.holding), goal);
  return health.is === "known" ? text(health.value) : health.is;
}
