import { text } from "@plimsoll/core/units";
import type { RunScore, Story } from "@plimsoll/server/contract";
import { decimalOf, viewAmount, viewMoment } from "./plain.ts";
import type { Money, RunView, StoryView } from "./source.ts";

/** A running story as the contract shows it. */
export function viewStory({ clock, progress, speed, runs, ...rest }: StoryView): Story {
  return {
    ...rest,
    progress: decimalOf(Math.min(1, Math.max(0, progress)), 4),
    clock: viewMoment(clock),
    speed: decimalOf(speed, 2),
    runs: runs.map(viewRun),
  };
}

const money = (value: Money | undefined) => value && viewAmount(value.amount, value.unit);

function viewRun(run: RunView): RunScore {
  return {
    guards: run.guards,
    state: run.state,
    equityStart: money(run.equityStart),
    equityNow: money(run.equityNow),
    liquidations: run.liquidations,
    actions: run.actions,
    lowestHealth: run.lowestHealth && text(run.lowestHealth),
  };
}
