import { type Ms, type Result, type Why, fail, ok } from "@plimsoll/core/units";

/** How long the last accepted table stands in for one that was refused; beyond it the rules are unknown, as haircuts and tiers of a day ago are. */
const KEPT_MS = 86_400_000;

/** The table to go on with, and why the newest answer did not take its place. */
export interface Accepted<T> {
  readonly table: T;
  readonly refused?: Why;
}

/** Keeps the last accepted table of each name: an answer that is broken, or that lost rows, is refused and told, and takes nothing away. */
export class AcceptedTables<T> {
  readonly #refuse: (of: string, before: T, after: T) => Result<void, Why>;
  readonly #kept = new Map<string, { readonly table: T; readonly at: Ms }>();

  /** @param refuse whether a table may follow another. */
  constructor(refuse: (of: string, before: T, after: T) => Result<void, Why>) {
    this.#refuse = refuse;
  }

  /** Names of which a table was accepted once. */
  get names(): readonly string[] {
    return [...this.#kept.keys()];
  }

  /**
   * Takes an answer that was read at `at`.
   * @returns the failure of the answer where there is no accepted table, or none from the last 24 hours.
   */
  accept(of: string, answer: Result<T, Why>, at: Ms): Result<Accepted<T>, Why> {
    const last = this.#kept.get(of);
    const checked = answer.ok && last !== undefined ? this.#refuse(of, last.table, answer.value) : ok(undefined);
    if (answer.ok && checked.ok) {
      this.#kept.set(of, { table: answer.value, at });
      return ok({ table: answer.value });
    }
    const refused = failureOf(answer) ?? failureOf(checked)!;
    return last === undefined || at - last.at > KEPT_MS ? fail(refused) : ok({ table: last.table, refused });
  }
}

const failureOf = (result: Result<unknown, Why>): Why | undefined => (result.ok ? undefined : result.failure);
