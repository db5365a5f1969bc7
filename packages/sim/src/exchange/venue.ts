import { Faults } from "./faults.ts";
import type { ApiKey } from "./request.ts";
import { Simulation, type SimulationOptions } from "./simulation.ts";

export interface ExchangeOptions<K extends ApiKey = ApiKey> extends Omit<SimulationOptions, "accounts"> {
  /** One key for each account; accounts come into being with their keys. */
  readonly keys: readonly K[];
}

/** What stands behind a front, whatever protocol it speaks. */
export interface Venue<K extends ApiKey = ApiKey> {
  readonly simulation: Simulation;
  readonly faults: Faults;
  /** By the name under which they come with a call. */
  readonly keys: ReadonlyMap<string, K>;
}

export function openVenue<K extends ApiKey>(options: ExchangeOptions<K>): Venue<K> {
  const accounts = [...new Set(options.keys.map(({ account }) => account))];
  return {
    simulation: new Simulation({ ...options, accounts }),
    faults: new Faults(options.seed),
    keys: new Map(options.keys.map((key) => [key.key, key])),
  };
}

/** Answers a call now: what time does by itself is done before it, and what has closed is forgotten after it where the venue forgets. */
export function answerNow<A>({ simulation, faults }: Venue, answer: () => A): A {
  if (simulation.now() > simulation.state.now) simulation.run({ type: "clock" });
  const answered = answer();
  if (faults.forgetClosedIds) simulation.run({ type: "forget-closed" });
  return answered;
}
