// oxlint-disable import/no-relative-parent-imports -- like a test, the simulation reaches past the doors for the parts it runs
import { nextTick } from "node:process";
import type { Timers } from "../../timers.ts";

interface Due {
  readonly when: number;
  readonly run: () => void;
}

/** The one clock of a simulated world: what is due runs in the order of its time, and all that follows from it before the next. */
export class VirtualTime {
  now = 1_800_000_000_000;
  /** Latest first. */
  readonly #due: Due[] = [];

  at(when: number, run: () => void): void {
    const due = { when: Math.max(when, this.now), run };
    let place = this.#due.length;
    while (place > 0 && this.#due[place - 1]!.when <= due.when) place--;
    this.#due.splice(place, 0, due);
  }

  after(forMs: number, run: () => void): void {
    this.at(this.now + forMs, run);
  }

  /** Lets time pass until a moment, or until `each`, called after all that one due thing brought about, says that it is enough. */
  async play(until: number, each: () => boolean): Promise<void> {
    for (let next = this.#due.at(-1); next !== undefined && next.when <= until; next = this.#due.at(-1)) {
      this.#due.pop();
      this.now = next.when;
      next.run();
      await settled();
      if (each()) return;
    }
  }
}

/** Resolves when every promise that can go on has gone on: node empties its queue of jobs before the next tick. */
const settled = () => new Promise<void>((resolve) => nextTick(resolve));

/** One process: killed it never hears of anything again, frozen it hears of it later. */
export class Process {
  alive = true;
  readonly #time: VirtualTime;
  #frozenUntil = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }
  kill(): void {
    this.alive = false;
  }
  freeze(forMs: number): void {
    this.#frozenUntil = this.#time.now + forMs;
  }
  get awake(): boolean {
    return this.alive && this.#time.now >= this.#frozenUntil;
  }

  /** What this process is to hear at a moment. */
  hears(when: number, run: () => void): void {
    this.#time.at(when, () => {
      if (!this.alive) return;
      if (this.#time.now < this.#frozenUntil) this.hears(this.#frozenUntil, run);
      else run();
    });
  }
  /** An answer that arrives at a moment; one to a process that died never does. */
  answered<T>(when: number, answer: () => T): Promise<T> {
    return new Promise((resolve) => this.hears(when, () => resolve(answer())));
  }

  readonly timers: Timers = {
    elapsed: () => this.#time.now,
    sleep: (forMs) => (forMs <= 0 ? Promise.resolve() : this.answered(this.#time.now + forMs, () => undefined)),
    every: (everyMs, call) => {
      let stopped = false;
      const again = () =>
        this.hears(this.#time.now + everyMs, () => {
          if (stopped) return;
          call();
          again();
        });
      again();
      return () => void (stopped = true);
    },
  };
}
