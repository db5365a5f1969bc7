import { type Result, invariant } from "@plimsoll/core/units";
import {
  type ExchangeState,
  type Input,
  type Opening,
  type Output,
  type PriceTick,
  type Refusal,
  type Reply,
  fixed,
  openExchange,
  step,
} from "./core/index.ts";

export interface SimulationOptions extends Omit<Opening, "now"> {
  readonly seed: bigint;
  /** Where virtual time begins, ms since the epoch. */
  readonly startAt: number;
  /** A clock of the caller's own; without one time stands still until `advance` or `play` moves it. */
  readonly clock?: () => number;
}

/** The exchange on its virtual clock, and everybody who listens to what it says. The driver of a demo or test holds this. */
export class Simulation {
  readonly state: ExchangeState;
  readonly seed: bigint;
  readonly #clock: (() => number) | undefined;
  readonly #listeners = new Set<(outputs: readonly Output[]) => void>();
  #now: number;

  constructor(options: SimulationOptions) {
    this.seed = options.seed;
    this.#clock = options.clock;
    this.#now = options.startAt;
    this.state = openExchange({ ...options, now: this.now() });
  }
  now(): number {
    return this.#clock?.() ?? this.#now;
  }
  /** Hears every output of every step from now on. @returns what ends it. */
  listen(listener: (outputs: readonly Output[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
  /** Lets one thing happen now. */
  run(input: Input): Result<Reply, Refusal> {
    const { outputs } = step(this.state, input, this.now(), this.seed);
    for (const listener of this.#listeners) listener(outputs);
    const reply = outputs.find((output) => output.type === "reply");
    invariant(reply !== undefined, "a step without a reply");
    return reply.result;
  }
  /** Moves the virtual clock and lets time do its work: funding, refill, averages. */
  advance(durationMs: number): void {
    invariant(this.#clock === undefined, "the clock belongs to the caller");
    this.#now += durationMs;
    this.run({ type: "clock" });
  }
  /** Moves index, and the perpetual with it unless `mid` says where it trades. Decimal text. */
  setReference(symbol: string, index: string, mid?: string): void {
    this.run({ type: "price", symbol, index: fixed(index), ...(mid === undefined ? {} : { mid: fixed(mid) }) });
  }
  /** Plays one tick of a tape at its own time; earlier than now it happens now. */
  play({ at, symbol, index, mid }: PriceTick): void {
    if (this.#clock === undefined) this.#now = Math.max(this.#now, at);
    this.run({ type: "price", symbol, index, mid });
  }
  deposit(account: string, asset: string, amount: string): void {
    this.run({ type: "deposit", account, asset, amount: fixed(amount) });
  }
}
