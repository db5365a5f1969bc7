import type { Resting } from "@plimsoll/core/book";
import { type HashOf } from "@plimsoll/core/policy";
import { type Position, type WokenStop, applyWoken, escalationOf } from "@plimsoll/core/protection";
import { type Figure, why } from "@plimsoll/core/units";
import type { Decision } from "./contract.ts";
import { type Due, type Keeping, intendWorks, watchOf } from "./intend-works.ts";
import { permits } from "./mode.ts";
import { type State, stopsOf } from "./state.ts";
import { isBusy, tell } from "./watch-guards.ts";

/**
 * Looks after stops of ours that woke and did not fill, whenever that is: a stop-limit which the market has left behind protects
 * nobody. It is cancelled, and what it left is closed by an order within a bound of the mark, under the armed guard that keeps stops
 * there. Each waits for the reading that shows the one before, so that together they close no more than the stop would have.
 */
export function escalate(
  state: State,
  keeping: Keeping,
  positions: readonly Position[],
  lying: Figure<readonly Resting[]>,
  hashOf: HashOf,
): readonly Decision[] {
  const { id, look, mode } = keeping;
  if (mode === "shadow" || lying.is !== "known") return [];
  const read = look.view.asOf;
  const woken = applyWoken(state.woken.get(id) ?? [], lying.value, positions, read);
  remember(state, id, woken);
  if ([id, stopsOf(id)].some((each) => isBusy(state, each, look))) return [];
  for (const stop of woken) {
    const found = escalationOf(stop, lying.value, positions, read, state.at);
    const due = found && dueNow(state, keeping, stop, { ...found, urgent: true });
    if (due === undefined) continue;
    const asked = due.work.action.do === "cancel" ? { cancelled: state.at } : { sent: state.at };
    remember(
      state,
      id,
      woken.map((each) => (each === stop ? { ...stop, ...asked } : each)),
    );
    const because = why("stop/woke-unfilled", { detail: due.work.because });
    return [...tell(state, due.guard, id, because, hashOf), ...intendWorks(state, keeping, [due], hashOf)];
  }
  return [];
}

function remember({ woken }: State, id: string, stops: readonly WokenStop[]): void {
  if (stops.length === 0) woken.delete(id);
  else woken.set(id, stops);
}

/** Under the guard that keeps a stop of this instrument; a guard that speaks of others only does nothing about it. */
function dueNow(state: State, { guards, id }: Keeping, stop: WokenStop, work: Due["work"]): Due | undefined {
  const guard = guards.find(({ stops = [] }) => stops.some(({ instrument }) => instrument === stop.instrument));
  if (guard === undefined || !permits(state.mode ?? "armed", work.action)) return undefined;
  const watch = `${guard.id} woken ${id}`;
  const { retryAt } = watchOf(state, watch);
  return retryAt !== undefined && state.at < retryAt ? undefined : { work, guard, watch };
}
