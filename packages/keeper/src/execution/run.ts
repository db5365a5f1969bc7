import type { Action, Actor, Depth, Hastened, Holding, Prepared, Reply } from "@plimsoll/core/book";
import type { ExecutionState, Intent, Outcome } from "@plimsoll/core/planner";
import type { BookMode } from "@plimsoll/core/turn";
import { type Exact, type Hash, type HoldingId, type Ms, type Result, type Why } from "@plimsoll/core/units";
import type { Sight } from "./effect-shown.ts";
import { type Checkpoint, transition } from "./states.ts";

/** One message that may have left the house. */
export interface Sending {
  /** Counted over all messages of the intent. */
  readonly attempt: number;
  /** Which slice of the intent it carries, from 1: messages of one slice go under one key, and one of them has an effect at most. */
  readonly slice: number;
  /** What it asks of the venue: the intent's action, or a part of it. */
  readonly action: Action;
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
  /** What was last told to be done of an action that comes in parts. */
  done?: Exact;
  /** The venue's last word about the last message. */
  said?: Reply;
  /** What the venue says that each slice filled. */
  readonly filled: Map<number, Exact>;
  /** Refusals that say what helps, in their order. */
  readonly refusals: Refusal[];
  /** The last message shall not lie there any more. */
  cancelled?: boolean;
  /** The last message waits with the most that its bounds allow. */
  atItsBounds?: boolean;
}
export type Refusal = Extract<Reply, { readonly is: "refused" }>;

export const startTrack = (intent: Intent, resumed: boolean): Track => ({
  intent,
  state: "intended",
  resumed,
  sendings: [],
  filled: new Map(),
  refusals: [],
});

/** Folds an outcome in, now or from the journal. */
export function applyOutcome(track: Track, outcome: Outcome, at: Ms): void {
  track.state = outcome.state;
  if (outcome.state === "sent") track.sentAt = at;
  if (outcome.state === "partly") track.done = outcome.done;
}

/** What execution writes besides the outcome itself. */
export type Note =
  | {
      readonly kind: "prepared";
      readonly attempt: number;
      /** Absent in journals from before there were slices: the first. */
      readonly slice?: number;
      /** Absent there too: the intent's own. */
      readonly action?: Action;
      readonly prepared: Prepared;
      readonly against: Holding;
    }
  | { readonly kind: "reply"; readonly to: "send" | "query"; readonly reply: Reply }
  | { readonly kind: "cancel"; readonly prepared: Prepared }
  /** A message that waits at its venue went out again, or can offer no more. */
  | { readonly kind: "hastened"; readonly said: Exclude<Hastened, { is: "waits" }> };

/** Folds a note in, now or from the journal. */
export function applyNote(track: Track, note: Note): void {
  if (note.kind === "prepared") {
    const { attempt, slice = 1, action = track.intent.step.action, prepared, against } = note;
    track.sendings.push({ attempt, slice, action, prepared, against });
    delete track.said;
  }
  if (note.kind !== "reply") return;
  const { reply } = note;
  track.said = reply;
  const last = track.sendings.at(-1);
  if (last === undefined) return;
  if (reply.is === "refused" && reply.remedy !== undefined && note.to === "send") track.refusals.push(reply);
  const filled = filledOf(reply, last.action);
  if (filled !== undefined) track.filled.set(last.slice, filled);
}

/** What a reply says was filled of its message, where it says so. */
export function filledOf(reply: Reply, action: Action): Exact | undefined {
  if (reply.is === "partly" || reply.is === "expired") return reply.done;
  return reply.is === "done" && action.do === "order" ? action.size : undefined;
}

/** The first message of the slice that went last: before it that slice had no effect. */
export const firstOfSlice = ({ sendings }: Track): Sending | undefined =>
  sendings.find(({ slice }) => slice === sendings.at(-1)!.slice);

export interface ExecutorPorts {
  readonly actorOf: (holding: HoldingId) => Actor | undefined;
  readonly holding: (id: HoldingId) => Holding | undefined;
  /** The engine of a holding and everything it reads now; undefined where the venue or its terms are not known. */
  readonly sight: (holding: Holding) => Omit<Sight, "account"> | undefined;
  /** The newest order book of an instrument that a feed told; undefined where none does. */
  readonly depth: (holding: Holding, instrument: string) => Depth | undefined;
  /** What the house may do at this moment. */
  readonly mode: () => BookMode;
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
  /** Longest time between journal and wire; below the time after which another keeper takes over. */
  readonly sendWithinMs: number;
  /** Most messages of one slice, all under one key. */
  readonly attempts: number;
  /** Most slices of one intent, those counted that the venue refused. */
  readonly slices: number;
  /** Most readings of a holding that does not yet show what the venue said it did. */
  readonly readings: number;
  /** Age up to which an order book says how much it takes. */
  readonly depthMs: number;
}
export const executorDefaults: ExecutorSettings = {
  pollMs: 500,
  settleMs: 12_000,
  sendWithinMs: 2_000,
  attempts: 3,
  slices: 20,
  readings: 4,
  depthMs: 5_000,
};

export interface Run {
  readonly track: Track;
  readonly ports: ExecutorPorts;
  readonly settings: ExecutorSettings;
}

/** The only door between two states: a step of the table, durable before anything follows from it. */
export async function move(run: Run, outcome: Outcome, notes: readonly Note[] = []): Promise<void> {
  const { track, ports } = run;
  const step = transition(track.state, outcome.state);
  await ports.checkpoint(`${step}:before`);
  await ports.record(track.intent, notes, outcome);
  for (const note of notes) applyNote(track, note);
  applyOutcome(track, outcome, ports.now());
  await ports.checkpoint(`${step}:after`);
}
