import { type Ms, ms } from "@plimsoll/core/units";

/** The time inside the story: it stands still between moments, and never lies before what a venue has already dated. */
export class StoryClock {
  #now: Ms;
  constructor(start: Ms) {
    this.#now = start;
  }
  readonly now = (): Ms => this.#now;
  /** Moves on to a moment; one that is past changes nothing. */
  readonly pass = (at: Ms): void => {
    this.#now = ms(Math.max(this.#now, at));
  };
}
