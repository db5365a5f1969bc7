import type { Terms } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, ok, text, trim, why } from "@plimsoll/core/units";
import { termsDocument } from "@plimsoll/venues/wire";
import * as z from "zod";
import { readInstrument } from "./instrument.ts";
import { resultOf } from "./raw.ts";
import { type OwnFee, takerFeeOf } from "./read-fees.ts";
import { type Listing, readInstruments } from "./read-instruments.ts";
import { type MarginModel, readMarginModel } from "./read-margin-model.ts";
import { readTerms } from "./read-terms.ts";
import type { DeribitTerms } from "./terms.ts";
import shipped from "./terms/2026-05-01.json" with { type: "json" };
import type { Wire } from "./transport.ts";
import { DERIBIT, RULES } from "./written.ts";

/** What terms are made for. */
export interface Needed {
  readonly instruments: ReadonlySet<string>;
  /** Whose scenarios the venue is asked for: `CROSS`, or a segregated currency with portfolio margin. */
  readonly models: ReadonlySet<string>;
  readonly fees: readonly OwnFee[];
}

export interface Rules {
  readonly document: Terms<unknown>;
  readonly terms: DeribitTerms;
}

/** What the venue said. */
interface Said {
  readonly at: Ms;
  /** One instrument of each pair and kind: what trades alike has one rule. */
  readonly listings: ReadonlyMap<string, Result<Listing, Why>>;
  readonly models: ReadonlyMap<string, Result<MarginModel, Why>>;
}

type Json = Record<string, unknown>;

/** Keeps the rules of one account: the venue's answers for a while, over the shipped document where it does not say. */
export class RuleBook {
  readonly #wire: Wire;
  readonly #everyMs: number;
  readonly #holding: HoldingId;
  #said: Said | undefined;
  #notices: ReadonlyMap<string, Why> = new Map();

  constructor(wire: Wire, everyMs: number, holding: HoldingId) {
    this.#wire = wire;
    this.#everyMs = everyMs;
    this.#holding = holding;
  }

  /** What is taken from the shipped document for want of the venue's word, by names that take no account and no price. */
  get notices(): ReadonlyMap<string, Why> {
    return this.#notices;
  }

  forget(): void {
    this.#said = undefined;
  }

  /** Terms for everything needed, from answers that are fresh. */
  async current(now: Ms, needed: Needed): Promise<Result<Rules, Why>> {
    const old = this.#said === undefined || now - this.#said.at >= this.#everyMs;
    const said = await this.#ask(now, needed, old ? undefined : this.#said);
    this.#said = said;
    const body = bodyOf(said, needed);
    const terms = readTerms(body);
    if (!terms.ok) return terms;
    this.#notices = noticesOf(said, needed, terms.value);
    const document = termsDocument({
      venue: DERIBIT,
      rules: RULES,
      market: this.#holding,
      validFrom: new Date(said.at).toISOString().slice(0, 10),
      source:
        "the venue, with this account's key: get_instrument, get_account_summaries, pme/simulate; " +
        `margin rates of futures and options: ${shipped.source}`,
      body,
    });
    return ok({ document, terms: terms.value });
  }

  /** Asks for what is needed and was not answered yet. */
  async #ask(now: Ms, { instruments, models }: Needed, kept: Said | undefined): Promise<Said> {
    const wanted = new Map([...instruments].flatMap((name) => kindOf(name).map((kind) => [kind, name] as const)));
    return {
      at: kept?.at ?? now,
      listings: await answered(wanted, kept?.listings, (name) => this.#listing(name)),
      models: await answered(new Map([...models].map((each) => [each, each])), kept?.models, (each) =>
        this.#model(each),
      ),
    };
  }

  async #listing(instrument_name: string): Promise<Result<Listing, Why>> {
    const answer = await this.#wire.ask("get_instrument", (each) => each.publicGetGetInstrument({ instrument_name }));
    const row = answer.ok ? resultOf("instrument", z.unknown(), answer.value) : answer;
    const listed = row.ok ? readInstruments([row.value]) : row;
    if (!listed.ok) return listed;
    const [first] = listed.value;
    return first === undefined ? { ok: false, failure: unlisted(instrument_name) } : ok(first);
  }

  async #model(currency: string): Promise<Result<MarginModel, Why>> {
    const answer = await this.#wire.ask("pme/simulate", (each) =>
      each.request("pme/simulate", "private", "GET", { currency }),
    );
    return answer.ok ? readMarginModel(answer.value) : answer;
  }
}

async function answered<V>(
  wanted: ReadonlyMap<string, string>,
  kept: ReadonlyMap<string, Result<V, Why>> | undefined,
  ask: (what: string) => Promise<Result<V, Why>>,
): Promise<ReadonlyMap<string, Result<V, Why>>> {
  const missing = [...wanted].filter(([name]) => !isAnswered(kept?.get(name)));
  const answers = await Promise.all(missing.map(async ([name, what]) => [name, await ask(what)] as const));
  return new Map([...(kept ?? []), ...answers]);
}

/** A refusal is an answer; where the venue did not speak at all it is asked again. */
const isAnswered = (kept: Result<unknown, Why> | undefined): boolean =>
  kept !== undefined && (kept.ok || kept.failure.facts["status"] !== "none");

/** "btc_usd/options". */
function kindOf(name: string): readonly string[] {
  const instrument = readInstrument(name);
  return instrument === undefined ? [] : [`${instrument.pair}/${instrument.option ? "options" : "futures"}`];
}

/** The shipped body with what the venue said in its place. */
function bodyOf({ listings, models }: Said, { fees }: Needed): Json {
  const pairs = structuredClone(shipped.body.pairs) as Record<string, Record<string, Json>>;
  for (const listing of listings.values()) {
    if (!listing.ok) continue;
    const { pair, kind, tick, step, takerFee, liquidationFee } = listing.value;
    const rules = pairs[pair]?.[kind];
    // margin rates are in no answer: a pair that the shipped document does not know stays without rules, and is unknown
    if (rules === undefined) continue;
    const figures = { tick, step, takerFee: takerFeeOf(listing.value, fees) ?? takerFee, liquidationFee };
    for (const [name, value] of Object.entries(figures)) if (value !== undefined) rules[name] = text(trim(value));
  }
  const said = [...models.values()].flatMap((each) => (each.ok ? [each.value] : []));
  for (const [pair, matrix] of said.flatMap(({ matrices }) => Object.entries(matrices)))
    pairs[pair] = { ...pairs[pair], matrix: { ...UNSAID, ...pairs[pair]?.["matrix"], ...matrix } };
  const pooled = models.get(CROSS);
  const haircuts = pooled?.ok === true ? pooled.value.haircuts : {};
  return { ...structuredClone(shipped.body), facts: [], haircuts: { ...haircuts }, pairs };
}

export const CROSS = "CROSS";

/** What of a matrix is in no answer: the moves of the extended table, and how short a life may be. README.md rules 9 and 13 */
const { extendedMoves, daysLeast } = shipped.body.pairs.btc_usd.matrix;
const UNSAID = { extendedMoves, daysLeast };

function noticesOf({ listings, models }: Said, { instruments }: Needed, terms: DeribitTerms): ReadonlyMap<string, Why> {
  const notices = new Map<string, Why>();
  const kinds = [...new Set([...instruments].flatMap(kindOf))];
  const rated = kinds.filter((each) => {
    const [pair = "", kind = ""] = each.split("/");
    return terms.pairs[pair]?.[kind as "futures" | "options"] !== undefined;
  });
  if (rated.length > 0) notices.set(`${DERIBIT}:margin-rates`, shippedRates(rated));
  for (const [kind, listing] of listings)
    if (!listing.ok)
      notices.set(`${DERIBIT}:${kind}:listing`, notTold("deribit/listing-shipped", kind, listing.failure));
  for (const [of, model] of models) {
    if (!model.ok) notices.set(`${DERIBIT}:${of}:model`, notTold("deribit/model-shipped", of, model.failure));
    else if (model.value.correlated.length > 0) notices.set(`${DERIBIT}:${of}:correlated`, correlated(model.value));
  }
  return notices;
}

const shippedRates = (kinds: readonly string[]): Why =>
  why("deribit/rates-shipped", {
    of: kinds.join(", "),
    from: shipped.validFrom,
    detail: `the venue's API tells no margin rates; those of ${shipped.validFrom} that are shipped stand in for them`,
    next: "the comparison with the venue's own margins shows whether they still hold",
  });

const notTold = (code: string, of: string, { facts }: Why): Why =>
  why(code, {
    of,
    detail: `the venue did not tell the parameters of ${of}: ${facts["detail"] ?? "no reason given"}`,
    next: "what the shipped document has is used, what it has not is unknown; it is asked again with the next terms",
  });

const correlated = ({ correlated: currencies }: MarginModel): Why =>
  why("deribit/correlated", {
    currencies: currencies.join(", "),
    detail: "the venue counts gains of these currencies against losses of others; here they do not",
    next: "its own margin is lower than ours",
  });

const unlisted = (instrument: string): Why =>
  why("deribit/not-listed", { instrument, next: "correct the name, or wait until the venue lists it again" });
