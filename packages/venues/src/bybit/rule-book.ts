import type { Terms } from "@plimsoll/core/book";
import { AcceptedTables } from "@plimsoll/core/margin";
import { type Ms, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { termsDocument } from "@plimsoll/venues/wire";
import { readPages } from "./read-pages.ts";
import { type Category, type Listed, type MarketTerms, readListed, readMarket } from "./read-instruments.ts";
import { readTerms } from "./read-terms.ts";
import { type BybitTerms, refuseShrunkTerms } from "./terms.ts";
import { WEIGHT, type Wire } from "./transport.ts";
import { BYBIT, MARK_RULES, rulesAt } from "./written.ts";

/** What an account needs terms of: contracts by symbol, and coins, each with whether the venue takes it as margin. */
export interface Needed {
  readonly symbols: readonly string[];
  readonly coins: ReadonlyMap<string, boolean>;
}

/** What changes seldom: terms of all that was needed, and what has none. */
export interface Rules {
  readonly document: Terms<unknown>;
  readonly terms: BybitTerms;
  /** Symbols and coins without terms, and why: what is held in them is unknown. */
  readonly problems: ReadonlyMap<string, Why>;
}

/** The venue's lists of everything, as old as `at`. */
interface Lists {
  readonly at: Ms;
  readonly instruments: readonly unknown[];
  readonly listed: ReadonlyMap<string, Listed>;
  readonly ratios: unknown;
  /** Absent where the venue does not tell: then a debt is charged in full. */
  readonly borrow: Result<unknown, Why>;
}

/** The terms of one contract or coin, as the venue's text and read. */
interface Part {
  readonly json: MarketTerms;
  readonly terms: BybitTerms;
}

const NOTHING = { retCode: 0, result: { list: [] } };

/** Keeps the terms of one account: the venue's lists for a while, the tables of every contract and coin that was needed. */
export class RuleBook {
  readonly #wire: Wire;
  readonly #everyMs: number;
  readonly #tables = new AcceptedTables<Part>((_of, before, after) => refuseShrunkTerms(before.terms, after.terms));
  readonly #answers = new Map<string, Result<Part, Why>>();
  #lists: Lists | undefined;
  #kept: ReadonlyMap<string, Why> = new Map();

  constructor(wire: Wire, everyMs: number) {
    this.#wire = wire;
    this.#everyMs = everyMs;
  }

  /** What is assumed or kept for want of the venue's word, in names that take no account and no price with them. */
  get notices(): ReadonlyMap<string, Why> {
    const borrow = this.#lists?.borrow;
    const assumed = borrow?.ok === false ? [[`${BYBIT}:debts`, assumedDebts(borrow.failure)] as const] : [];
    return new Map([...assumed, ...[...this.#kept].map(([of, reason]) => [`${BYBIT}:${of}:tables`, reason] as const)]);
  }

  /** Forgets the answers, so that the next question asks the venue. */
  forget(): void {
    this.#lists = undefined;
  }

  /** The contracts that the venue lists, from an answer that is fresh. */
  async listed(now: Ms): Promise<Result<ReadonlyMap<string, Listed>, Why>> {
    const lists = await this.#fresh(now);
    return lists.ok ? ok(lists.value.listed) : lists;
  }

  /** Terms that name everything needed; what the venue does not tell is a problem of that contract or coin alone. */
  async current(now: Ms, { symbols, coins }: Needed): Promise<Result<Rules, Why>> {
    const lists = await this.#fresh(now);
    if (!lists.ok) return lists;
    const [problems, kept] = [new Map<string, Why>(), new Map<string, Why>()];
    const parts: Part[] = [];
    const add = (name: string, answer: Result<Part, Why>) => {
      const accepted = this.#tables.accept(name, answer, lists.value.at);
      if (!accepted.ok) return problems.set(name, accepted.failure);
      if (accepted.value.refused !== undefined) kept.set(name, accepted.value.refused);
      return parts.push(accepted.value.table);
    };
    for (const symbol of symbols)
      add(symbol, await this.#once(symbol, () => askContract(this.#wire, symbol, lists.value)));
    for (const [coin, counts] of coins)
      add(coin, await this.#once(`${coin}:${counts}`, () => coinPart(coin, counts, lists.value)));
    this.#kept = kept;
    return ok({ ...joined(parts, now, [...kept.keys()]), problems });
  }

  async #fresh(now: Ms): Promise<Result<Lists, Why>> {
    if (this.#lists !== undefined && now - this.#lists.at < this.#everyMs) return ok(this.#lists);
    const asked = await askLists(this.#wire, now);
    if (!asked.ok) return asked;
    this.#answers.clear();
    this.#lists = asked.value;
    return asked;
  }

  async #once(name: string, make: () => Result<Part, Why> | Promise<Result<Part, Why>>): Promise<Result<Part, Why>> {
    const answer = this.#answers.get(name) ?? (await make());
    this.#answers.set(name, answer);
    return answer;
  }
}

async function askLists(wire: Wire, at: Ms): Promise<Result<Lists, Why>> {
  const instruments = (query: { readonly category: Category; readonly status?: string }) =>
    readPages(wire, "instruments-info", (each, page) =>
      each.publicGetV5MarketInstrumentsInfo({ ...query, limit: 1_000, ...page }),
    );
  const [linear, early, inverse, ratios, borrow] = await Promise.all([
    instruments({ category: "linear" }),
    // contracts that are traded before their coin is launched are not in the list
    instruments({ category: "linear", status: "PreLaunch" }),
    instruments({ category: "inverse" }),
    wire.ask("spot-margin-trade/collateral", (each) => each.publicGetV5SpotMarginTradeCollateral()),
    wire.ask("position-tiers", (each) => each.privateGetV5SpotMarginTradePositionTiers(), WEIGHT.private),
  ]);
  if (!linear.ok) return linear;
  if (!early.ok) return early;
  if (!inverse.ok) return inverse;
  if (!ratios.ok) return ratios;
  const listed = new Map<string, Listed>();
  for (const pages of [linear.value, early.value, inverse.value]) {
    const found = readListed(pages);
    if (!found.ok) return found;
    for (const [symbol, each] of found.value) listed.set(symbol, each);
  }
  return ok({
    at,
    instruments: [...linear.value, ...early.value, ...inverse.value],
    listed,
    ratios: ratios.value,
    borrow,
  });
}

/** The risk limits of one contract and this user's fee on it. */
async function askContract(wire: Wire, symbol: string, lists: Lists): Promise<Result<Part, Why>> {
  const category = lists.listed.get(symbol)?.category;
  if (category === undefined) return fail(unlisted(symbol));
  const [riskLimits, fees] = await Promise.all([
    readPages(wire, "risk-limit", (each, page) => each.publicGetV5MarketRiskLimit({ category, symbol, ...page })),
    wire.ask("fee-rate", (each) => each.privateGetV5AccountFeeRate({ category, symbol }), WEIGHT.feeRate),
  ]);
  if (!riskLimits.ok) return riskLimits;
  if (!fees.ok) return fees;
  const raw = { instruments: lists.instruments, riskLimits: riskLimits.value, fees: fees.value, ratios: NOTHING };
  const made = partOf(readMarket(raw));
  return made.ok && made.value.terms.contracts[symbol] === undefined ? fail(unlisted(symbol)) : made;
}

/** A coin's ratios and what a debt in it requires; one that the venue does not take as margin counts for nothing and needs no row. */
function coinPart(coin: string, counts: boolean, { ratios, borrow }: Lists): Result<Part, Why> {
  const debts = borrow.ok ? { borrow: borrow.value } : {};
  const market = readMarket({ instruments: [], riskLimits: [], fees: NOTHING, ratios, ...debts });
  if (!market.ok) return market;
  const row = market.value.coins[coin] ?? (counts ? undefined : { ratios: [{ rate: "0" }] });
  return row === undefined ? fail(unlisted(coin)) : partOf(ok({ contracts: {}, coins: { [coin]: row } }));
}

function partOf(market: Result<MarketTerms, Why>): Result<Part, Why> {
  if (!market.ok) return market;
  const terms = readTerms({ valuation: "mark", ...market.value });
  return terms.ok ? ok({ json: market.value, terms: terms.value }) : terms;
}

/** One document of all parts, valued by the rules of its day. */
function joined(parts: readonly Part[], now: Ms, kept: readonly string[]): Pick<Rules, "document" | "terms"> {
  const rules = rulesAt(now);
  const valuation = rules === MARK_RULES ? "mark" : "entry";
  const merge = <V>(of: (part: Part) => Readonly<Record<string, V>>): Record<string, V> =>
    Object.assign({}, ...parts.map(of));
  const document = termsDocument({
    venue: BYBIT,
    rules,
    validFrom: new Date(now).toISOString().slice(0, 10),
    source:
      "the venue, with this account's key: instruments, risk limits, fee rates, collateral ratios, position tiers of coins" +
      (kept.length === 0 ? "" : `; kept from an earlier reading: the tables of ${kept.join(", ")}`),
    body: { valuation, contracts: merge(({ json }) => json.contracts), coins: merge(({ json }) => json.coins) },
  });
  const terms = {
    valuation,
    contracts: merge((part) => part.terms.contracts),
    coins: merge((part) => part.terms.coins),
  };
  return { document, terms: terms as BybitTerms };
}

const unlisted = (of: string): Why =>
  why("bybit/unlisted", {
    of,
    next: "the venue does not list its risk limits, fee or collateral ratio: close it, or correct its name",
  });

const assumedDebts = ({ facts }: Why): Why =>
  why("bybit/debts-in-full", {
    detail: `the venue did not tell what debts require, all of a debt is charged: ${facts["detail"] ?? "no reason given"}`,
    next: "it is asked again with the next reading of the terms",
  });
