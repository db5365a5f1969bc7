import type { ExecutionState, PlanStep } from "@plimsoll/core/planner";
import type { Hash } from "@plimsoll/core/units";
import { execute } from "./execution/execute.ts";
import type { ExecutorPorts, ExecutorSettings, Track } from "./execution/run.ts";
import { isTerminal } from "./execution/states.ts";

/**
 * Runs intents in two lanes for each holding, one at a time in each and in the order of their decisions: what only changes which orders
 * lie at the venue, and what acts. So a rescue never waits until it is known what became of a stop. Nothing trades in the lane of
 * resting orders, and nothing that it sends can open a position: what the lane of acts compares a holding with stays its own.
 */
export interface Dispatch {
  start(track: Track): void;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

/** @param failed called with what an execution threw, a stop of the keeper included. */
export function createDispatch(
  ports: Omit<ExecutorPorts, "ended">,
  settings: ExecutorSettings,
  failed: (error: unknown) => void,
): Dispatch {
  const lanes = new Map<string, Promise<unknown>>();
  const ends = new Map<Hash, Promise<ExecutionState>>();
  const ended = (step: Hash) => ends.get(step);
  const finish = async (track: Track, before: Promise<unknown>): Promise<ExecutionState> => {
    await before;
    if (isTerminal(track.state)) return track.state;
    await execute(track, { ...ports, ended }, settings);
    // The turn acts on an account again only on a holding that is newer than the end of its last intent.
    void ports.reread(track.intent.step.holding).catch(() => undefined);
    return track.state;
  };
  return {
    start: (track) => {
      const { step } = track.intent;
      const lane = laneOf(step);
      const end = finish(track, lanes.get(lane) ?? Promise.resolve());
      ends.set(step.id, end);
      lanes.set(lane, end.catch(failed));
    },
    idle: async () => {
      await Promise.all(lanes.values());
    },
  };
}

/** A cancel goes with the stops: where one takes the place of another, which goes first is decided. */
const laneOf = ({ holding, action }: PlanStep): string =>
  `${holding} ${action.do === "stop" || action.do === "cancel" ? "resting" : "acts"}`;
