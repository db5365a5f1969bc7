import type { Terms } from "@plimsoll/core/book";
import { AcceptedTables } from "@plimsoll/core/margin";
import { type Ms, type Result, type Why, ZERO, canonical, fail, ok, why } from "@plimsoll/core/units";
import { termsDocument } from "@plimsoll/venues/wire";
import { writeTerms } from "./read-rules.ts";
import { NO_TABLES, type Part, askPart, partName } from "./read-tables.ts";
import { readTerms } from "./read-terms.ts";
import { type OkxTerms, refuseShrunkTerms } from "./terms.ts";
import type { Wire } from "./transport.ts";
import { OKX, RULES } from "./written.ts";

/** What changes seldom: terms of all that was needed, and what has none. */
export interface Rules {
  readonly document: Terms<unknown>;
  readonly terms: OkxTerms;
  /** Instruments and coins without terms, and why: what is held in them is unknown. */
  readonly problems: ReadonlyMap<string, Why>;
}

/** Keeps the tables of one account, each read again when it is older than `everyMs`; one that shrank is refused and the last one kept. */
export class RuleBook {
  readonly #wire: Wire;
  readonly #everyMs: number;
  readonly #tables = new AcceptedTables<OkxTerms>((_of, before, after) => refuseShrunkTerms(before, after));
  readonly #read = new Map<string, { readonly at: Ms; readonly tables: OkxTerms }>();
  #kept: ReadonlyMap<string, Why> = new Map();

  constructor(wire: Wire, everyMs: number) {
    this.#wire = wire;
    this.#everyMs = everyMs;
  }

  /** Tables that stand for a newer answer which was refused, in names that take no account and no price with them. */
  get notices(): ReadonlyMap<string, Why> {
    return new Map([...this.#kept].map(([name, reason]) => [`${OKX}:${name}:tables`, reason]));
  }

  /** Forgets when the tables were read, so that the next question asks the venue. */
  forget(): void {
    this.#read.clear();
  }

  /** @param off coins that the owner took out of the collateral: they count for nothing above 0. */
  async current(now: Ms, needed: readonly Part[], off: ReadonlySet<string>): Promise<Result<Rules, Why>> {
    const problems = new Map<string, Why>();
    const kept = new Map<string, Why>();
    let terms = NO_TABLES;
    for (const part of needed) {
      const accepted = this.#tables.accept(partName(part), await this.#answerOf(part, now), now);
      if (!accepted.ok) {
        problems.set(part.id, accepted.failure);
        continue;
      }
      if (accepted.value.refused !== undefined) kept.set(partName(part), accepted.value.refused);
      const joined = join(terms, accepted.value.table, part.id);
      if (joined.ok) terms = joined.value;
      else problems.set(part.id, joined.failure);
    }
    this.#kept = kept;
    const whole = withoutCollateral(terms, off);
    const document = termsDocument({
      venue: OKX,
      rules: RULES,
      validFrom: new Date(now).toISOString().slice(0, 10),
      source: sourceText([...kept.keys()]),
      body: writeTerms(whole),
    });
    return ok({ document, terms: whole, problems });
  }

  async #answerOf(part: Part, now: Ms): Promise<Result<OkxTerms, Why>> {
    const last = this.#read.get(partName(part));
    if (last !== undefined && now - last.at < this.#everyMs) return ok(last.tables);
    const made = await askPart(this.#wire, part);
    const checked = made.ok ? readTerms(writeTerms(made.value)) : made;
    if (checked.ok) this.#read.set(partName(part), { at: now, tables: checked.value });
    return checked;
  }
}

/** Tables of one more part; an instrument whose cross and isolated tables differ is unknown, since terms have one. */
function join(all: OkxTerms, more: OkxTerms, id: string): Result<OkxTerms, Why> {
  const before = all.contracts[id] ?? all.pairs[id];
  const after = more.contracts[id] ?? more.pairs[id];
  if (before !== undefined && after !== undefined && canonical(before) !== canonical(after))
    return fail(
      why("okx/two-tables", { instrument: id, next: "hold this instrument in one margin mode: its two tables differ" }),
    );
  return ok({
    contracts: { ...all.contracts, ...more.contracts },
    pairs: { ...all.pairs, ...more.pairs },
    coins: { ...all.coins, ...more.coins },
  });
}

const withoutCollateral = (terms: OkxTerms, off: ReadonlySet<string>): OkxTerms => ({
  ...terms,
  coins: Object.fromEntries(
    Object.entries(terms.coins).map(([coin, each]) => [
      coin,
      off.has(coin) ? { ...each, discounts: [{ rate: ZERO }] } : each,
    ]),
  ),
});

const sourceText = (kept: readonly string[]): string =>
  "the venue, with this account's key: instruments, position tiers, trade fee, discount rates" +
  (kept.length === 0 ? "" : `; kept from an earlier reading: ${kept.join(", ")}`);
