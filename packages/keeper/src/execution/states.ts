import type { ExecutionState } from "@plimsoll/core/planner";

/**
 * Every step that an intent may take, and no other. A terminal state leads nowhere; all else is asked about again after a restart.
 * `none` is before the decision: an intent begins when its decision is durable.
 */
export const transitions = {
  none: ["intended"],
  /** Nothing that can have an effect has left the house: no message, or only such as the venue refused. */
  intended: ["sent", "refused", "expired", "superseded", "abandoned"],
  /** The message may be on the wire, or about to be. */
  sent: ["intended", "ambiguous", "accepted", "partly", "refused", "expired"],
  /** It is not known whether the venue has it: ask by its reference, send again only where it provably had no effect. */
  ambiguous: ["sent", "accepted", "partly", "done", "expired", "superseded"],
  /** The venue has it. */
  accepted: ["partly", "done", "expired", "ambiguous"],
  /** Part is done. The venue has the rest; or the message is over, and another slice is sent. */
  partly: ["partly", "sent", "done", "expired", "ambiguous"],
  done: [],
  refused: [],
  expired: [],
  superseded: [],
  abandoned: [],
} as const satisfies Record<ExecutionState | "none", readonly ExecutionState[]>;

type Table = typeof transitions;
/** "sent>ambiguous": one row of the table by name. */
export type Transition = {
  [From in keyof Table]: `${From}>${Table[From][number]}`;
}[keyof Table];

export const transitionNames = Object.entries(transitions).flatMap(([from, next]) =>
  next.map((to) => `${from}>${to}` as Transition),
);

export const isTerminal = (state: ExecutionState): boolean => transitions[state].length === 0;

/** Name of a step. @throws on a step that the table does not have: a bug, and nothing is sent after it. */
export function transition(from: ExecutionState | "none", to: ExecutionState): Transition {
  const name = transitionNames.find((each) => each === `${from}>${to}`);
  if (name === undefined) throw new Error(`invariant broken: an intent cannot go from ${from} to ${to}`);
  return name;
}

/** A moment just before or just after a step became durable; tests end the process there. */
export type Checkpoint = (at: `${Transition}:${"before" | "after"}`) => void | Promise<void>;
