import { setTimeout as wait } from "node:timers/promises";

/** Time as a keeper feels it pass: the machine's, or a simulation's own. */
export interface Timers {
  /** Milliseconds from some moment on, which never go back; for leases. */
  readonly elapsed: () => number;
  /** Resolves after this long; rejects when the signal aborts. */
  readonly sleep: (forMs: number, signal?: AbortSignal) => Promise<void>;
  /** Calls again and again until the returned function is called. */
  readonly every: (everyMs: number, call: () => void) => () => void;
}

export const machineTimers: Timers = {
  elapsed: () => performance.now(),
  sleep: (forMs, signal) => wait(forMs, undefined, signal === undefined ? {} : { signal }),
  every: (everyMs, call) => {
    const timer = setInterval(call, everyMs);
    return () => clearInterval(timer);
  },
};
