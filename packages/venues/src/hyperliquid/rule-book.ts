import type { Terms } from "@plimsoll/core/book";
import { AcceptedTables } from "@plimsoll/core/margin";
import { type Ms, type Result, type Why, fail, invariant, ok, text, trim, why } from "@plimsoll/core/units";
import { termsDocument } from "@plimsoll/venues/wire";
import { HYPERLIQUID, dexOf } from "./names.ts";
import { type Dex, readDexes, readMetas, readTakerFee } from "./read-market.ts";
import type { MetaTerms } from "./read-meta.ts";
import { readTerms } from "./read-terms.ts";
import { type HyperliquidTerms, refuseShrunkTable } from "./terms.ts";
import { type Wire, askInfo } from "./transport.ts";

/** What changes seldom. */
export interface Rules {
  readonly document: Terms<unknown>;
  readonly terms: HyperliquidTerms;
  /** Coins without a table, and why: what is held in them is unknown. */
  readonly problems: ReadonlyMap<string, Why>;
}

/** The venue's answers that rules are made of, as old as `at`. */
interface Raw {
  readonly at: Ms;
  readonly dexes: readonly Dex[];
  readonly takerFee: string;
}

/** Keeps the tables of all dexes and the user's fee, read again when they are older than `everyMs`. */
export class RuleBook {
  readonly #wire: Wire;
  readonly #user: string;
  readonly #everyMs: number;
  readonly #shipped: Terms<unknown>;
  readonly #tables: AcceptedTables<MetaTerms>;
  #raw: Raw | undefined;
  #kept: ReadonlyMap<string, Why> = new Map();

  /** @param shipped whose rules stand; its tables do not: those are the venue's. */
  constructor(wire: Wire, user: string, everyMs: number, shipped: Terms<unknown>) {
    this.#wire = wire;
    this.#user = user;
    this.#everyMs = everyMs;
    this.#shipped = shipped;
    this.#tables = new AcceptedTables((_of, before, after) => refuseShrunk(shipped, before, after));
  }

  /** Dexes whose newest tables were refused, in names that take no account and no price with them. */
  get notices(): ReadonlyMap<string, Why> {
    return new Map([...this.#kept].map(([dex, reason]) => [`${HYPERLIQUID}:${dex || "first"}:tables`, reason]));
  }

  /** Forgets the answers, so that the next question asks the venue. */
  forget(): void {
    this.#raw = undefined;
  }

  /** Every dex with its token, from answers that are fresh. */
  async dexes(now: Ms): Promise<Result<readonly Dex[], Why>> {
    if (this.#raw === undefined || now - this.#raw.at >= this.#everyMs) {
      const asked = await this.#ask(now);
      if (!asked.ok) return asked;
      this.#raw = asked.value;
    }
    return ok(this.#raw.dexes);
  }

  /** Rules that name these coins, from the answers that `dexes` got. */
  current(coins: ReadonlySet<string>): Result<Rules, Why> {
    invariant(this.#raw !== undefined, "the dexes are asked for first");
    const { at, takerFee, dexes } = this.#raw;
    const problems = new Map<string, Why>();
    const kept = new Map<string, Why>();
    const body = {
      rules: { ...rulesOf(this.#shipped), takerFee },
      // no answer tells whether a dex has a liquidator vault: the line is drawn where one would take over
      dexes: Object.fromEntries(dexes.map(({ name, token }) => [name, { token, backstop: true }])),
      tables: {} as Record<string, MetaTerms["tables"][string]>,
      coins: {} as Record<string, MetaTerms["coins"][string]>,
    };
    for (const { name: dex, terms } of dexes) {
      const accepted = this.#tables.accept(dex, terms, at);
      if (accepted.ok && accepted.value.refused !== undefined) kept.set(dex, accepted.value.refused);
      for (const coin of [...coins].filter((each) => dexOf(each) === dex)) {
        const found = accepted.ok ? accepted.value.table.coins[coin] : undefined;
        const rows = found && accepted.ok ? accepted.value.table.tables[found.table] : undefined;
        if (found === undefined || rows === undefined) {
          problems.set(coin, accepted.ok ? unlisted(coin) : accepted.failure);
          continue;
        }
        // ids of tables are a dex's own
        const table = dex === "" ? found.table : `${dex}:${found.table}`;
        body.tables[table] = rows;
        body.coins[coin] = { ...found, table };
      }
    }
    this.#kept = kept;
    const terms = readTerms(body);
    if (!terms.ok) return terms;
    const document = termsDocument({
      venue: HYPERLIQUID,
      rules: this.#shipped.rules,
      validFrom: new Date(at).toISOString().slice(0, 10),
      source: sourceText([...kept.keys()]),
      body,
    });
    return ok({ document, terms: terms.value, problems });
  }

  async #ask(at: Ms): Promise<Result<Raw, Why>> {
    const wire = this.#wire;
    const [names, metas, spot, fees] = await Promise.all([
      askInfo(wire, "perpDexs"),
      askInfo(wire, "allPerpMetas"),
      askInfo(wire, "spotMeta"),
      askInfo(wire, "userFees", { user: this.#user }),
    ]);
    if (!names.ok) return names;
    if (!metas.ok) return metas;
    if (!spot.ok) return spot;
    if (!fees.ok) return fees;
    const dexNames = readDexes(names.value);
    if (!dexNames.ok) return dexNames;
    const dexes = readMetas(metas.value, dexNames.value, spot.value);
    if (!dexes.ok) return dexes;
    const takerFee = readTakerFee(fees.value);
    return takerFee.ok ? ok({ at, dexes: dexes.value, takerFee: text(trim(takerFee.value)) }) : takerFee;
  }
}

const rulesOf = ({ body }: Terms<unknown>): object => (body as { readonly rules: object }).rules;

const sourceText = (kept: readonly string[]): string =>
  "the venue: allPerpMetas, perpDexs, spotMeta, userFees of this address; the rules beside them: shipped with this build" +
  (kept.length === 0
    ? ""
    : `; kept from an earlier reading: tables of dex ${kept.map((dex) => dex || "first").join(", ")}`);

/** Refuses tables of a dex of which any coin's lost rows; a coin that is gone is shrunk to nothing. */
function refuseShrunk(shipped: Terms<unknown>, before: MetaTerms, after: MetaTerms): Result<void, Why> {
  const [old, now] = [coinsOf(shipped, before), coinsOf(shipped, after)];
  if (!old.ok) return old;
  if (!now.ok) return now;
  for (const [coin, { table }] of Object.entries(old.value)) {
    const next = now.value[coin]?.table;
    if (next === undefined)
      return fail(why("hyperliquid/tiers-shrunk", { of: coin, next: "read the metadata again: the coin is gone" }));
    const checked = refuseShrunkTable(coin, table, next);
    if (!checked.ok) return checked;
  }
  return ok(undefined);
}

function coinsOf(shipped: Terms<unknown>, { tables, coins }: MetaTerms): Result<HyperliquidTerms["coins"], Why> {
  const dexes = Object.fromEntries(Object.keys(coins).map((coin) => [dexOf(coin), { token: "any", backstop: true }]));
  const terms = readTerms({ rules: rulesOf(shipped), dexes, tables, coins });
  return terms.ok ? ok(terms.value.coins) : terms;
}

const unlisted = (coin: string): Why =>
  why("hyperliquid/no-table", {
    coin,
    next: "the venue does not list this coin: correct its name, or close the position",
  });
