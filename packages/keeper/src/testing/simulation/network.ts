import type { Reply } from "@plimsoll/core/book";
import { why } from "@plimsoll/core/units";
import type { Chance } from "./chance.ts";
import type { Process, VirtualTime } from "./virtual-time.ts";

/** A caller waits this long for an answer. */
const TIMEOUT_MS = 1_500;
/** A venue takes a message no later than this after it was sent. */
export const WINDOW_MS = 2_500;

type Fate = "arrives" | "lost" | "reply-lost" | "doubled" | "late" | "refused";
const FATES: readonly [Fate, ...Fate[]] = ["lost", "reply-lost", "late", "late", "late", "refused"];

/** The way between processes and venues: slow, and in bad weather it loses, doubles, delays and refuses. */
export class Network {
  /** Share of the messages that something happens to. */
  badWeather = 0;
  /** Whether a message may arrive twice; where its receiver forgets ids nobody but the network could help that. */
  readonly #doubles: boolean;
  /** Nothing can be asked or sent before this moment. */
  readonly downUntil = { orders: 0, data: 0 };
  readonly time: VirtualTime;
  readonly #chance: Chance;

  constructor(time: VirtualTime, chance: Chance, doubles: boolean) {
    this.#doubles = doubles;
    this.time = time;
    this.#chance = chance;
  }

  delayMs(): number {
    return this.#chance.whole(5, 120);
  }

  /** Brings a message to its venue, which may take it once, twice or never, and brings an answer back. */
  send(process: Process, take: () => Reply): Promise<Reply> {
    const sentAt = this.time.now;
    const out = this.delayMs();
    const replies: Reply[] = [];
    const arrives = (afterMs: number) =>
      this.time.after(afterMs, () => {
        if (this.time.now - sentAt <= WINDOW_MS) replies.push(take());
      });
    const after = (forMs: number) => process.answered(sentAt + forMs, () => replies[0] ?? silence);
    switch (this.#fate()) {
      case "arrives":
        arrives(out);
        return after(out + this.delayMs());
      case "lost":
        return after(TIMEOUT_MS);
      case "reply-lost":
        arrives(out);
        return after(TIMEOUT_MS);
      case "doubled":
        arrives(out);
        arrives(out + this.#chance.whole(1, 1_000));
        return after(out + this.delayMs());
      case "late":
        arrives(this.#chance.whole(TIMEOUT_MS, WINDOW_MS + 300));
        return after(TIMEOUT_MS);
      case "refused":
        return process.answered(sentAt + out, () => refusal);
    }
  }

  /** Brings a question and its answer; `none` stands for no answer. */
  ask<T>(process: Process, answer: () => T, none: T): Promise<T> {
    const isLost = this.time.now < this.downUntil.data || this.#chance.happens(this.badWeather / 2);
    if (isLost) return process.answered(this.time.now + TIMEOUT_MS, () => none);
    const asked = this.time.now + this.delayMs();
    const answers: T[] = [];
    this.time.at(asked, () => void answers.push(answer()));
    return process.answered(asked + this.delayMs(), () => answers[0]!);
  }

  #fate(): Fate {
    if (this.time.now < this.downUntil.orders) return this.#chance.pick(["lost", "refused"]);
    if (!this.#chance.happens(this.badWeather)) return "arrives";
    return this.#chance.pick(this.#doubles ? [...FATES, "doubled"] : FATES);
  }
}

export const silence: Reply = { is: "ambiguous", why: why("simulation/no-answer") };
const refusal: Reply = { is: "refused", why: why("simulation/refused") };
