import { type Why, why } from "@plimsoll/core/units";

/** Follows the numbers that a venue puts on the messages of one channel, where it does. */
export class Sequence {
  readonly #venue: string;
  readonly #last = new Map<string, number>();

  constructor(venue: string) {
    this.#venue = venue;
  }

  /** Why something was missed, or undefined. `previous` is what the venue says came before; without it numbers must only rise. */
  missed(channel: string, current: number, previous?: number): Why | undefined {
    const last = this.#last.get(channel);
    this.#last.set(channel, current);
    if (last === undefined) return undefined;
    if (previous === undefined ? current >= last : previous === last) return undefined;
    return why(`${this.#venue}/sequence-gap`, {
      channel,
      last: `${last}`,
      current: `${current}`,
      next: "the account is read whole again",
    });
  }
}
