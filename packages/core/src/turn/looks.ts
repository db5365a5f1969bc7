import type { HoldingId, QuoteKey } from "@plimsoll/core/units";
import type { Look } from "./look.ts";

/** Accounts that something concerns, by holding, in the order of the holding's engine. Ids are "holding/account". */
export type Touched = ReadonlyMap<HoldingId, readonly string[]>;

/** The accounts as last computed, found without passing over the others: by id, by holding, by a price they depend on. */
export class Looks {
  readonly #looks = new Map<string, Look>();
  readonly #ofHolding = new Map<HoldingId, readonly string[]>();
  /** Ids by price; under "any" those of which nobody can say. */
  readonly #onQuote = new Map<QuoteKey | "any", Set<string>>();

  get(id: string): Look | undefined {
    return this.#looks.get(id);
  }

  ofHolding(holding: HoldingId): readonly string[] {
    return this.#ofHolding.get(holding) ?? [];
  }

  /** All accounts. */
  all(): Touched {
    return this.#ofHolding;
  }

  /** The accounts that depend on any of some prices. */
  dependingOn(keys: readonly QuoteKey[]): Touched {
    if (keys.length === 0) return new Map();
    const ids = new Set([...keys, "any" as const].flatMap((key) => [...(this.#onQuote.get(key) ?? [])]));
    const holdings = new Set([...ids].map((id) => this.#looks.get(id)!.view.holding));
    return new Map([...holdings].map((holding) => [holding, this.ofHolding(holding).filter((id) => ids.has(id))]));
  }

  /** Puts a new look at an account in the place of the one before. @returns its id. */
  update(look: Look): string {
    const id = `${look.view.holding}/${look.view.account}`;
    const before = this.#looks.get(id);
    this.#looks.set(id, look);
    if (before !== undefined && sameQuotes(before, look)) return id;
    if (before !== undefined) this.#unlink(id, before);
    for (const key of keysOf(look)) {
      const ids = this.#onQuote.get(key) ?? new Set();
      this.#onQuote.set(key, ids.add(id));
    }
    return id;
  }

  /** Puts new looks in the place of all of a holding. @returns the ids of accounts that are no longer there. */
  replace(holding: HoldingId, looks: readonly Look[]): readonly string[] {
    const ids = new Set(looks.map((look) => this.update(look)));
    const gone = this.ofHolding(holding).filter((id) => !ids.has(id));
    for (const id of gone) {
      this.#unlink(id, this.#looks.get(id)!);
      this.#looks.delete(id);
    }
    this.#ofHolding.set(holding, [...ids]);
    return gone;
  }

  #unlink(id: string, look: Look): void {
    for (const key of keysOf(look)) {
      const ids = this.#onQuote.get(key)!;
      ids.delete(id);
      if (ids.size === 0) this.#onQuote.delete(key);
    }
  }
}

const keysOf = ({ quotes }: Look): readonly (QuoteKey | "any")[] => (quotes === "any" ? ["any"] : quotes);

const sameQuotes = (a: Look, b: Look): boolean => {
  const [before, now] = [keysOf(a), keysOf(b)];
  return before.length === now.length && before.every((key, index) => key === now[index]);
};
