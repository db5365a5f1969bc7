// A house that executes one intent at the small venue; its processes may die at any checkpoint.
import type { Intent, Outcome } from "@plimsoll/core/planner";
import type { BookMode } from "@plimsoll/core/turn";
import { exact, hash, ms, ok } from "@plimsoll/core/units";
import { execute } from "./execute.ts";
import {
  type ExecutorPorts,
  type ExecutorSettings,
  type Note,
  type Track,
  applyNote,
  applyOutcome,
  startTrack,
} from "./run.ts";
import type { Checkpoint } from "./states.ts";
import { ACCOUNT, HOLDING, type SmallVenue, smallEngine, smallScene } from "./testing/small-venue.ts";

export const SETTINGS: ExecutorSettings = {
  ...{ pollMs: 50, settleMs: 500, sendWithinMs: 100, attempts: 3, slices: 8, readings: 2 },
  depthMs: 5_000,
};
/** What the intent of most tests sells, of a position of 10. */
export const SIZE = 4n;

export const intent = (over: Partial<Intent["step"]> = {}): Intent => ({
  step: {
    id: hash("step"),
    holding: HOLDING,
    account: ACCOUNT,
    action: { do: "order", instrument: "X", side: "sell", size: exact(SIZE), limit: exact(1n), reduceOnly: true },
    after: [],
    notBefore: ms(0),
    expires: ms(60_000),
    arrives: { usualMs: ms(0), worstMs: ms(0) },
    undo: "none",
    ...over,
  },
  plan: hash("plan"),
  key: "k",
  attempt: 1,
});

export const orderOf = ({ step: { action } }: Intent) => {
  if (action.do !== "order") throw new Error("not an order");
  return action;
};

/** A house whose only memory is what it wrote: the process may end at any checkpoint and begin again from there. */
export function house(venue: SmallVenue, wanted: Intent, mode: () => BookMode = () => "armed") {
  const written: { readonly notes: readonly Note[]; readonly outcome: Outcome | undefined; readonly at: number }[] = [];
  const track = (): Track => {
    const rebuilt = startTrack(wanted, written.length > 0);
    for (const { notes, outcome, at } of written) {
      for (const note of notes) applyNote(rebuilt, note);
      if (outcome !== undefined) applyOutcome(rebuilt, outcome, ms(at));
    }
    return rebuilt;
  };
  const ports = (checkpoint: Checkpoint): ExecutorPorts => ({
    actorOf: () => venue.actor,
    holding: () => venue.holding(),
    sight: () => ({ engine: smallEngine, scene: smallScene(venue.now) }),
    depth: () => venue.depth,
    mode: () => mode(),
    reread: async () => ok(venue.holding()),
    record: async (_intent, notes, outcome) => void written.push({ notes, outcome, at: venue.now }),
    ended: () => undefined,
    now: () => ms(venue.now),
    sleep: async (forMs) => venue.pass(forMs),
    checkpoint,
  });
  const states = () => written.flatMap(({ outcome }) => outcome?.state ?? []);
  return { ports, track, states, written };
}

/** Runs to the end, ending the process at each of the given checkpoints, counted over all processes. */
export async function runThrough(
  venue: SmallVenue,
  deaths: readonly number[],
  wanted = intent(),
  mode: () => BookMode = () => "armed",
) {
  const { ports, track, ...rest } = house(venue, wanted, mode);
  let passed = 0;
  for (;;) {
    try {
      const checkpoint = () => {
        if (deaths.includes(++passed)) throw new Error("killed");
      };
      await execute(track(), ports(checkpoint), SETTINGS);
      return { end: track(), ...rest };
    } catch (error) {
      if (!(error instanceof Error) || error.message !== "killed") throw error;
    }
  }
}

export const sumOf = (sizes: readonly bigint[]): bigint => sizes.reduce((sum, size) => sum + size, 0n);
