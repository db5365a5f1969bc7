import type { Terms } from "@plimsoll/core/book";
import { AcceptedTables } from "@plimsoll/core/margin";
import { type Exact, type Ms, type Result, type Why, dec, fail, ok, text, why } from "@plimsoll/core/units";
import { termsDocument } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unreadable } from "./raw.ts";
import { type VenueIndex, readAssetIndex } from "./read-asset-index.ts";
import { readBrackets, readFundingBounds, readRules, readTakerFee, writeTerms } from "./read-rules.ts";
import { type AssetTerms, type SymbolTerms, type Tier, refuseShrunkTiers } from "./terms.ts";
import type { System } from "./system.ts";
import type { Wire } from "./transport.ts";

/** What changes seldom: terms of the symbols asked for, and how the account is switched. */
export interface Rules {
  readonly document: Terms<unknown>;
  readonly symbols: ReadonlyMap<string, SymbolTerms>;
  /** Symbols without terms, and why: what is held in them is unknown. */
  readonly problems: ReadonlyMap<string, Why>;
  /** Symbols whose taker rate is not the user's own but the usual one, and why. */
  readonly assumed: ReadonlyMap<string, Why>;
  /** Symbols whose table is the last accepted one, and why the newest was refused. */
  readonly kept: ReadonlyMap<string, Why>;
  readonly mode: { readonly dual: boolean; readonly multiAssets: boolean };
  /** GET v1 fundingInfo. */
  readonly funding: unknown;
  /** What assets count; in multi-assets mode alone. */
  readonly assets?: ReadonlyMap<string, AssetTerms>;
}

/** The venue's answers that rules are made of, as old as `at`. */
interface Raw {
  readonly at: Ms;
  readonly info: unknown;
  readonly brackets: unknown;
  readonly funding: unknown;
  readonly mode: Rules["mode"];
  readonly assets?: ReadonlyMap<string, AssetTerms>;
}

/** Taker rate of a regular user, where the venue does not tell the user's own. */
const USUAL_TAKER_FEE = dec("0.0005");

/** Keeps the rules of one account: the venue's answers for a while, the terms of every symbol that was needed. */
export class RuleBook {
  readonly #wire: Wire;
  readonly #everyMs: number;
  readonly #system: System;
  readonly #tables = new AcceptedTables<readonly Tier[]>(refuseShrunkTiers);
  readonly #fees = new Map<string, Exact>();
  #raw: Raw | undefined;
  #rules: Rules | undefined;

  constructor(wire: Wire, everyMs: number, system: System) {
    this.#wire = wire;
    this.#everyMs = everyMs;
    this.#system = system;
  }

  /** Symbols whose terms are known. */
  get symbols(): readonly string[] {
    return [...(this.#rules?.symbols.keys() ?? [])];
  }

  /** What is assumed or kept for want of the venue's word, in names that take no account and no price with them. */
  get notices(): ReadonlyMap<string, Why> {
    const named = (what: string, symbols: ReadonlyMap<string, Why> = new Map()) =>
      [...symbols].map(([symbol, reason]) => [`${this.#system.venue}:${symbol}:${what}`, reason] as const);
    return new Map([...named("taker-fee", this.#rules?.assumed), ...named("tiers", this.#rules?.kept)]);
  }

  /** Forgets the answers, so that the next question asks the venue. */
  forget(): void {
    this.#raw = undefined;
    this.#fees.clear();
  }

  /** Rules that name every symbol needed, from answers that are fresh. */
  async current(now: Ms, needed: ReadonlySet<string>): Promise<Result<Rules, Why>> {
    if (this.#raw === undefined || now - this.#raw.at >= this.#everyMs) {
      this.forget();
      const read = await this.#ask(now);
      if (!read.ok) return read;
      [this.#raw, this.#rules] = [read.value, undefined];
    }
    const held = this.#rules;
    if (held !== undefined && [...needed].every((each) => held.symbols.has(each) || held.problems.has(each)))
      return ok(held);
    const made = await this.#make(this.#raw, new Set([...needed, ...this.#tables.names]));
    if (made.ok) this.#rules = made.value;
    return made;
  }

  async #ask(at: Ms): Promise<Result<Raw, Why>> {
    const [wire, system] = [this.#wire, this.#system];
    const [info, brackets, dual, multi, funding] = await Promise.all([
      wire.ask("exchangeInfo", system.info),
      wire.ask("leverageBracket", system.brackets),
      wire.ask("positionSide/dual", system.dual),
      system.multiAssets === undefined
        ? ok({ multiAssetsMargin: false })
        : wire.ask("multiAssetsMargin", system.multiAssets),
      wire.ask("fundingInfo", system.funding),
    ]);
    if (!info.ok) return info;
    if (!brackets.ok) return brackets;
    if (!funding.ok) return funding;
    const mode = readMode(dual, multi);
    if (!mode.ok) return mode;
    const raw = { at, info: info.value, brackets: brackets.value, funding: funding.value, mode: mode.value };
    if (!mode.value.multiAssets) return ok(raw);
    const indices = await askAssetIndex(wire);
    if (!indices.ok) return indices;
    return ok({ ...raw, assets: new Map(indices.value.map(({ asset, terms }) => [asset, terms])) });
  }

  async #make(
    { at, info, brackets, mode, funding, assets }: Raw,
    needed: ReadonlySet<string>,
  ): Promise<Result<Rules, Why>> {
    const [rules, tables, bounds] = [readRules(info, needed), readBrackets(brackets), readFundingBounds(funding)];
    if (!rules.ok) return rules;
    if (!tables.ok) return tables;
    const symbols = new Map<string, SymbolTerms>();
    const [problems, assumed, kept] = [new Map<string, Why>(), new Map<string, Why>(), new Map<string, Why>()];
    for (const symbol of needed) {
      const rule = rules.value.get(symbol);
      const accepted = this.#tables.accept(symbol, tables.value.get(symbol) ?? fail(unlisted(symbol)), at);
      if (!accepted.ok || rule === undefined) {
        problems.set(symbol, accepted.ok ? unlisted(symbol) : accepted.failure);
        continue;
      }
      const { table: tiers, refused } = accepted.value;
      if (refused !== undefined) kept.set(symbol, refused);
      const fee = await this.#takerFee(symbol);
      if (!fee.ok) assumed.set(symbol, assumedFee(symbol, fee.failure));
      const bound = bounds.ok ? bounds.value.get(symbol) : undefined;
      const takerFee = fee.ok ? fee.value : USUAL_TAKER_FEE;
      symbols.set(symbol, { ...rule, tiers, takerFee, ...(bound !== undefined && { funding: bound }) });
    }
    const document = termsDocument({
      venue: this.#system.venue,
      rules: this.#system.rules,
      validFrom: new Date(at).toISOString().slice(0, 10),
      source: sourceText([...assumed.keys()], [...kept.keys()]),
      body: writeTerms(symbols, assets),
    });
    return ok({ document, symbols, problems, assumed, kept, mode, funding, ...(assets !== undefined && { assets }) });
  }

  async #takerFee(symbol: string): Promise<Result<Exact, Why>> {
    const known = this.#fees.get(symbol);
    if (known !== undefined) return ok(known);
    const answer = await this.#wire.ask("commissionRate", (client) => this.#system.commission(client, symbol));
    const rate = answer.ok ? readTakerFee(answer.value) : answer;
    if (rate.ok) this.#fees.set(symbol, rate.value);
    return rate;
  }
}

/** What every margin asset counts now. */
export async function askAssetIndex(wire: Wire): Promise<Result<readonly VenueIndex[], Why>> {
  const answer = await wire.ask("assetIndex", (each) => each.fapiPublicGetAssetIndex(), 10);
  return answer.ok ? readAssetIndex(answer.value) : answer;
}

const sourceText = (assumed: readonly string[], kept: readonly string[]): string =>
  "the venue, with this account's key: exchangeInfo, leverageBracket, commissionRate" +
  (assumed.length === 0 ? "" : `; assumed: the taker fee of ${assumed.join(", ")}`) +
  (kept.length === 0 ? "" : `; kept from an earlier reading: the tiers of ${kept.join(", ")}`);

const assumedFee = (symbol: string, { facts }: Why): Why =>
  why("binance/taker-fee-assumed", {
    symbol,
    assumed: text(USUAL_TAKER_FEE),
    detail: `the venue did not tell this account's taker fee, ${text(USUAL_TAKER_FEE)} is assumed: ${facts["detail"] ?? "no reason given"}`,
    next: "compare with the fee tier on the venue's page; it is asked again with the next reading of the terms",
  });

function readMode(dual: Result<unknown, Why>, multi: Result<unknown, Why>): Result<Rules["mode"], Why> {
  if (!dual.ok) return dual;
  if (!multi.ok) return multi;
  const parsed = z
    .object({ dual: z.object({ dualSidePosition: z.boolean() }), multi: z.object({ multiAssetsMargin: z.boolean() }) })
    .safeParse({ dual: dual.value, multi: multi.value });
  if (!parsed.success) return fail(unreadable("account modes", parsed.error));
  return ok({ dual: parsed.data.dual.dualSidePosition, multiAssets: parsed.data.multi.multiAssetsMargin });
}

const unlisted = (symbol: string): Why =>
  why("binance/no-tiers", {
    symbol,
    next: "the venue does not list this symbol's brackets or filters: correct the symbol, or close the position",
  });
