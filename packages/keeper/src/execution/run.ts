import type { Actor, Hastened, Holding, Prepared, Reply } from "@plimsoll/core/book";
import type { ExecutionState, Intent, Outcome } from "@plimsoll/core/planner";
import type { Exact, Hash, HoldingId, Ms, Result, Why } from "@plimsoll/core/units";
import type { Sight } from "./effect-shown.ts";
import { type Checkpoint, transition } from "./states.ts";

/** One message that may have left the house. */
export interface Sending {
  readonly attempt: number;
  readonly prepared: Prepared;
  /** The holding that it was made for: what the world is compared with afterwards. */
  readonly against: Holding;
}

/** An intent on its way as the journal knows it; a restart builds the same from the journal. */
export interface Track {
  readonly intent: Intent;
  state: ExecutionState;
  /** Decided by a process before this one: what the venue shows may have changed since. */
  readonly resumed: boolean;
  readonly sendings: Sending[];
  /** When the last message was about to leave. */
  sentAt?: Ms;
  /** What the venue last said was done of a resting order. */
  done?: Exact;
  cancelled?: boolean;
  /** The last message waits with the most that its bounds allow. */
  atItsBounds?: boolean;
}

export const startTrack = (intent: Intent, resumed: boolean): Track => ({
  intent,
  state: "intended",
  resumed,
  sendings: [],
});

/** Folds an outcome in, now or from the journal. */
export function applyOutcome(track: Track, outcome: Outcome, at: Ms): void {
  track.state = outcome.state;
  if (outcome.state === "sent") track.sentAt = at;
  if (outcome.state === "partly") track.done = outcome.done;
}

/** What execution writes besides the outcome itself. */
export type Note =
  | { readonly kind: "prepared"; readonly attempt: number; readonly prepared: Prepared; readonly against: Holding }
  | { readonly kind: "reply"; readonly to: "send" | "query"; readonly reply: Reply }
  | { readonly kind: "cancel"; readonly prepared: Prepared }
  /** A message that waits at its venue went out again, or can offer no more. */
  | { readonly kind: "hastened"; readonly said: Exclude<Hastened, { is: "waits" }> };

export interface ExecutorPorts {
  readonly actorOf: (holding: HoldingId) => Actor | undefined;
  readonly holding: (id: HoldingId) => Holding | undefined;
  /** The engine of a holding and everything it reads now; undefined where the venue or its terms are not known. */
  readonly sight: (holding: Holding) => Omit<Sight, "account"> | undefined;
  /** Reads the holding from the venue and tells the turn; returns what was read, once that is durable. */
  readonly reread: (id: HoldingId) => Promise<Result<Holding, Why>>;
  /** Writes notes and the outcome, which the turn learns; returns once durable. */
  readonly record: (intent: Intent, notes: readonly Note[], outcome: Outcome | undefined) => Promise<void>;
  /** The end of another step of the plan; undefined where no such step was ever intended. */
  readonly ended: (step: Hash) => Promise<ExecutionState> | undefined;
  readonly now: () => Ms;
  /** Rejects when the keeper stops. */
  readonly sleep: (forMs: number) => Promise<void>;
  readonly checkpoint: Checkpoint;
}

export interface ExecutorSettings {
  /** Time between two questions to a venue. */
  readonly pollMs: number;
  /** After this long a message that the venue does not know cannot arrive any more: its receive window has closed. */
  readonly settleMs: number;
  /** Most messages of one intent, all under one key. */
  readonly attempts: number;
  /** Most readings of a holding that does not yet show what the venue said it did. */
  readonly readings: number;
}
export const executorDefaults: ExecutorSettings = { pollMs: 500, settleMs: 12_000, attempts: 3, readings: 4 };

export interface Run {
  readonly track: Track;
  readonly ports: ExecutorPorts;
  readonly settings: ExecutorSettings;
}

/** The only door between two states: a step of the table, durable before anything follows from it. */
export async function move({ track, ports }: Run, outcome: Outcome, notes: readonly Note[] = []): Promise<void> {
  const step = transition(track.state, outcome.state);
  await ports.checkpoint(`${step}:before`);
  await ports.record(track.intent, notes, outcome);
  applyOutcome(track, outcome, ports.now());
  await ports.checkpoint(`${step}:after`);
}
