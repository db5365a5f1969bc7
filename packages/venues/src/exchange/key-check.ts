import type { Result, Why } from "@plimsoll/core/units";
import { type KeyPermission, refuseWithdrawals, unsaid } from "@plimsoll/venues/wire";

/** What a venue says of one client's key: asked until it says something, unknown until then. */
export class KeyCheck {
  readonly #venue: string;
  readonly #ask: () => Promise<KeyPermission>;
  #permission: KeyPermission;

  constructor(venue: string, ask: () => Promise<KeyPermission>) {
    this.#venue = venue;
    this.#ask = ask;
    this.#permission = unsaid(venue, { detail: "the venue was not asked yet" });
  }

  /** Refuses a key that can withdraw; one of which nothing is known passes. */
  async allowed(): Promise<Result<void, Why>> {
    if (this.#permission.is === "unknown") this.#permission = await this.#ask();
    return refuseWithdrawals(this.#venue, this.#permission);
  }
}
