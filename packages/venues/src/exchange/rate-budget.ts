import type { Condition } from "@plimsoll/core/book";

/** A reading waits where only the reserved share is left; what protects a position may use all of it. */
export type Purpose = "read" | "protect";

export interface RateLimit {
  /** Weight that the venue takes in one window. */
  readonly weight: number;
  readonly windowMs: number;
  /** Share kept for protection, 0 to 1. */
  readonly reserved: number;
  /** Whom the venue counts: all that comes from our address, or each account apart. */
  readonly by: "address" | "account";
  /** Weight of one message that acts, with the question what became of it; absent: one each. */
  readonly acting?: number;
}

/** What a limit takes at once and what of it is spent, in messages that act: see the condition of that name. */
export type Spending = Pick<Extract<Condition, { type: "rate-budget" }>, "by" | "most" | "spent" | "windowMs">;

/** A message, and one question about it. */
const TWO_CALLS = 2;

/** Query weight kept for protection. @source field-notes, defaults: 40 %. */
export const RESERVED_FOR_PROTECTION = 0.4;

const wait = (forMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, forMs));

/** Counts what was spent in the sliding window of one venue's limit. */
export class RateBudget {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #sleep: (forMs: number) => Promise<unknown>;
  #spent: { readonly at: number; readonly weight: number }[] = [];
  #restUntil = 0;

  constructor(limit: RateLimit, now: () => number = Date.now, sleep: (forMs: number) => Promise<unknown> = wait) {
    this.#limit = limit;
    this.#now = now;
    this.#sleep = sleep;
  }

  /** Resolves when a call of this weight may go, which is counted then. */
  async admit({ weight, purpose }: { readonly weight: number; readonly purpose: Purpose }): Promise<void> {
    for (;;) {
      const pauseMs = this.waitFor(weight, purpose);
      if (pauseMs <= 0) break;
      await this.#sleep(pauseMs);
    }
    this.#spent.push({ at: this.#now(), weight });
  }

  /** What protection may still spend now, counted so that what is spent of a message is a whole one. */
  spending(): Spending {
    const now = this.#now();
    const { weight, windowMs, by, acting = TWO_CALLS } = this.#limit;
    const most = Math.floor(weight / acting);
    const used = this.#spent.filter(({ at }) => at + windowMs > now).reduce((sum, each) => sum + each.weight, 0);
    const spent = now < this.#restUntil ? most : Math.min(most, Math.ceil(used / acting));
    return { by, most, spent, windowMs };
  }

  /** How long a call of this weight has to wait now, ms. A single call above the whole share goes when nothing else is counted. */
  waitFor(weight: number, purpose: Purpose): number {
    const now = this.#now();
    if (now < this.#restUntil) return this.#restUntil - now;
    const { windowMs, reserved } = this.#limit;
    this.#spent = this.#spent.filter(({ at }) => at + windowMs > now);
    const most = this.#limit.weight * (purpose === "protect" ? 1 : 1 - reserved);
    let used = this.#spent.reduce((sum, each) => sum + each.weight, 0);
    if (used + weight <= most || this.#spent.length === 0) return 0;
    for (const { at, weight: freed } of this.#spent) {
      used -= freed;
      if (used + weight <= most || used === 0) return at + windowMs - now;
    }
    return windowMs;
  }

  /** Nothing is sent for a while: the venue said that its limit was passed. */
  rest(forMs: number): void {
    this.#restUntil = Math.max(this.#restUntil, this.#now() + forMs);
  }
}
