import type { Why } from "@plimsoll/core/units";

/** Thrown inside a client whose operators do not confirm each other; `ask` hands its reason on as a failure. */
export class Unconfirmed extends Error {
  readonly why: Why;

  constructor(reason: Why) {
    super(reason.code);
    this.why = reason;
  }
}

/** The reason, wherever in the chain of causes a library put it. */
export function unconfirmedBy(error: unknown): Why | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof Unconfirmed) return cause.why;
  return undefined;
}
