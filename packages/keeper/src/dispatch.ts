import type { ExecutionState } from "@plimsoll/core/planner";
import type { Hash, HoldingId } from "@plimsoll/core/units";
import { execute } from "./execution/execute.ts";
import type { ExecutorPorts, ExecutorSettings, Track } from "./execution/run.ts";
import { isTerminal } from "./execution/states.ts";

/** Runs intents: one at a time for each holding, in the order of their decisions. */
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
  const lanes = new Map<HoldingId, Promise<unknown>>();
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
      const { id, holding } = track.intent.step;
      const end = finish(track, lanes.get(holding) ?? Promise.resolve());
      ends.set(id, end);
      lanes.set(holding, end.catch(failed));
    },
    idle: async () => {
      await Promise.all(lanes.values());
    },
  };
}
