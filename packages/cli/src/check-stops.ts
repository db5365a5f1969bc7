import { type Guard, ruleOf } from "@plimsoll/core/policy";
import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import type { PlanSource } from "./book-stage.ts";
import type { GuardChange } from "./files/guard-edit.ts";
import { viewOf } from "./read-book-view.ts";
import { refusedStop } from "./refused-stops.ts";
import { placingOf } from "./standing-stops.ts";

type Read = () => Promise<Result<PlanSource, Why>>;

/** Whether every stop of these guards comes before the liquidation now; guards without one need no book to be read. */
export async function checkStops(guards: readonly Guard[], read: Read): Promise<Result<void, Why>> {
  const naming = guards.filter(namesStop);
  if (naming.length === 0) return ok(undefined);
  const source = await read();
  return source.ok ? judged(naming, source.value) : source;
}

/**
 * The same of what a change adds. A book that cannot be read now refuses what is added armed; what is added in shadow is judged when it
 * is armed. @returns why it was not judged, where it was not.
 */
export async function checkAdded(
  { before, after }: Pick<GuardChange, "before" | "after">,
  read: Read,
): Promise<Result<Why | undefined, Why>> {
  const known = new Set(before.map(({ id }) => id));
  const naming = after.filter((guard) => !known.has(guard.id) && namesStop(guard));
  if (naming.length === 0) return ok(undefined);
  const source = await read();
  if (!source.ok) return naming.some(({ mode }) => mode === "armed") ? source : ok(source.failure);
  const stops = judged(naming, source.value);
  return stops.ok ? ok(undefined) : stops;
}

/** It waits for a price, or lets an order lie at the venue. */
const namesStop = ({ trigger, stops = [] }: Guard): boolean => stops.length > 0 || ruleOf(trigger).stop !== undefined;

function judged(guards: readonly Guard[], source: PlanSource): Result<void, Why> {
  const refused = refusedStop(viewOf(source.events, guards, source.at));
  if (refused !== undefined) return fail(refused);
  const placing = placingOf(source, guards);
  return placing.ok ? ok(undefined) : placing;
}
