import type { BookEvent, Feed, Terms } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, dec, fail, ms, ok, why } from "@plimsoll/core/units";
import { termsDocument } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unreadable } from "./holding.ts";
import { type KeyPermission, askPermission, refuseWithdrawals } from "./key-permission.ts";
import { checkParity } from "./parity.ts";
import { markKey } from "./position.ts";
import { type ReadAccount, readAccount } from "./read-account.ts";
import { readBrackets, readRules, readTakerFee, writeTerms } from "./read-rules.ts";
import { type SymbolTerms, type Tier, refuseShrunk } from "./terms.ts";
import { type Client, type Trouble, call } from "./transport.ts";
import { watchStreams } from "./watch.ts";
import { BINANCE, RULES } from "./written.ts";

export interface FeedSettings {
  readonly holding: HoldingId;
  /** Symbols whose terms and marks are read even while nothing is held in them. */
  readonly symbols?: readonly string[];
  /** Age at which tables, fees and modes are read again; they change a few times a month. */
  readonly termsEveryMs?: number;
}

/** Taker rate of a regular user, where the venue does not tell the user's own. */
const USUAL_TAKER_FEE = dec("0.0005");
const TERMS_EVERY_MS = 3_600_000;
const ATTEMPTS = 3;

interface Rules {
  readonly at: Ms;
  readonly document: Terms<unknown>;
  readonly symbols: ReadonlyMap<string, SymbolTerms>;
  readonly mode: { readonly dual: boolean; readonly multiAssets: boolean };
  readonly funding: unknown;
}

/** Reads one USD-M account: positions, wallets and marks on each snapshot, rules from time to time, changes from the sockets. */
export class BinanceFeed implements Feed {
  readonly #client: Client;
  readonly #settings: FeedSettings;
  #permission: KeyPermission | undefined;
  #rules: Rules | undefined;
  #tables = new Map<string, readonly Tier[]>();

  /** @param client ccxt's `pro.binanceusdm` with keys; the caller configures addresses and proxies. */
  constructor(client: Client, settings: FeedSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** What the venue says of the key: asked once, unknown until a snapshot was tried. */
  get permission(): KeyPermission {
    return (
      this.#permission ?? {
        withdraws: "unknown",
        why: why("binance/key-permission-unknown", { next: "take a snapshot" }),
      }
    );
  }

  async snapshot(): Promise<Result<readonly BookEvent[], Why>> {
    if (this.#permission?.withdraws === undefined || this.#permission.withdraws === "unknown")
      this.#permission = await askPermission(this.#client);
    const allowed = refuseWithdrawals(this.#permission);
    if (!allowed.ok) return allowed;
    let last: Result<readonly BookEvent[], Why> = fail(why("binance/not-read"));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      last = await this.#readOnce();
      if (last.ok || last.failure.code !== "binance/torn-reading") break;
    }
    if (!last.ok) this.#rules = undefined;
    return last;
  }

  watch(on: (event: BookEvent, at: Ms) => void): Promise<() => Promise<void>> {
    const held = () => [...new Set([...(this.#settings.symbols ?? []), ...(this.#rules?.symbols.keys() ?? [])])];
    return watchStreams(this.#client, this.#settings.holding, held, () => this.snapshot(), on);
  }

  async #readOnce(): Promise<Result<readonly BookEvent[], Why>> {
    const client = this.#client;
    const time = await this.#get("time", () => client.fapiPublicGetTime());
    if (!time.ok) return time;
    const clock = z.object({ serverTime: z.coerce.number().int().positive() }).safeParse(time.value);
    if (!clock.success) return fail(unreadable("time", clock.error));
    const now = ms(clock.data.serverTime);
    const rules = await this.#currentRules(now, new Set(this.#settings.symbols));
    if (!rules.ok) return rules;
    const read = await this.#readAccount(rules.value);
    if (!read.ok) return read;
    const needed = new Set([
      ...read.value.body.positions.map(({ symbol }) => symbol),
      ...(this.#settings.symbols ?? []),
    ]);
    const full = await this.#currentRules(now, needed);
    return full.ok ? ok(this.#eventsOf(read.value, full.value, needed, now)) : full;
  }

  #eventsOf(
    { body, positions, marks }: ReadAccount,
    rules: Rules,
    needed: ReadonlySet<string>,
    now: Ms,
  ): readonly BookEvent[] {
    const { holding: id } = this.#settings;
    const prices = marks
      .filter(({ symbol }) => needed.has(symbol))
      .map(({ symbol, markPrice: price, time: at }): BookEvent => ({
        type: "price",
        key: markKey(symbol),
        price,
        kind: "mark",
        at,
      }));
    const differs = checkParity(positions, rules.symbols);
    return [
      { type: "terms", terms: rules.document },
      ...prices,
      { type: "holding", holding: { id, venue: BINANCE, rules: RULES, asOf: now, body } },
      ...(differs === undefined ? [] : [{ type: "lost", what: id, why: differs } as const]),
    ];
  }

  async #readAccount({ mode, funding }: Rules): Promise<Result<ReadAccount, Why>> {
    const client = this.#client;
    const [account, positions, config, orders, marks] = await Promise.all([
      this.#get("account", () => client.fapiPrivateV3GetAccount()),
      this.#get("positionRisk", () => client.fapiPrivateV3GetPositionRisk()),
      this.#get("symbolConfig", () => client.fapiPrivateGetSymbolConfig()),
      this.#get("openOrders", () => client.fapiPrivateGetOpenOrders()),
      this.#get("premiumIndex", () => client.fapiPublicGetPremiumIndex()),
    ]);
    if (!account.ok) return account;
    if (!positions.ok) return positions;
    if (!config.ok) return config;
    if (!orders.ok) return orders;
    if (!marks.ok) return marks;
    return readAccount({
      account: account.value,
      positions: positions.value,
      config: config.value,
      orders: orders.value,
      marks: marks.value,
      funding,
      mode,
    });
  }

  /** The rules in hand while they are fresh and name every symbol needed, otherwise read anew. */
  async #currentRules(now: Ms, needed: ReadonlySet<string>): Promise<Result<Rules, Why>> {
    const held = this.#rules;
    const fresh = held !== undefined && now - held.at < (this.#settings.termsEveryMs ?? TERMS_EVERY_MS);
    if (fresh && [...needed].every((symbol) => held.symbols.has(symbol))) return ok(held);
    const read = await this.#readRules(now, new Set([...needed, ...(held?.symbols.keys() ?? [])]));
    if (read.ok) this.#rules = read.value;
    return read;
  }

  async #readRules(now: Ms, needed: ReadonlySet<string>): Promise<Result<Rules, Why>> {
    const client = this.#client;
    const [info, brackets, dual, multi, funding] = await Promise.all([
      this.#get("exchangeInfo", () => client.fapiPublicGetExchangeInfo()),
      this.#get("leverageBracket", () => client.fapiPrivateGetLeverageBracket()),
      this.#get("positionSide/dual", () => client.fapiPrivateGetPositionSideDual()),
      this.#get("multiAssetsMargin", () => client.fapiPrivateGetMultiAssetsMargin()),
      this.#get("fundingInfo", () => client.fapiPublicGetFundingInfo()),
    ]);
    if (!info.ok) return info;
    if (!brackets.ok) return brackets;
    if (!funding.ok) return funding;
    const mode = readMode(dual, multi);
    if (!mode.ok) return mode;
    const symbols = await this.#joinTerms(info.value, brackets.value, needed);
    if (!symbols.ok) return symbols;
    const document = termsDocument({
      venue: BINANCE,
      rules: RULES,
      validFrom: new Date(now).toISOString().slice(0, 10),
      source: "the venue, with this account's key: exchangeInfo, leverageBracket, commissionRate",
      body: writeTerms(symbols.value),
    });
    return ok({ at: now, document, symbols: symbols.value, mode: mode.value, funding: funding.value });
  }

  async #joinTerms(
    info: unknown,
    brackets: unknown,
    needed: ReadonlySet<string>,
  ): Promise<Result<ReadonlyMap<string, SymbolTerms>, Why>> {
    const [rules, tables] = [readRules(info, needed), readBrackets(brackets)];
    if (!rules.ok) return rules;
    if (!tables.ok) return tables;
    const joined = new Map<string, SymbolTerms>();
    for (const symbol of needed) {
      const [rule, table] = [rules.value.get(symbol), tables.value.get(symbol)];
      if (rule === undefined || table === undefined)
        return fail(
          why("binance/no-tiers", {
            symbol,
            next: "the venue does not list this symbol's brackets: correct the symbol or close the position",
          }),
        );
      if (!table.ok) return table;
      const grown = refuseShrunk(symbol, this.#tables.get(symbol) ?? [], table.value);
      if (!grown.ok) return grown;
      this.#tables.set(symbol, table.value);
      joined.set(symbol, { ...rule, tiers: table.value, takerFee: await this.#takerFee(symbol) });
    }
    return ok(joined);
  }

  async #takerFee(symbol: string) {
    const answer = await call(this.#client, (client) => client.fapiPrivateGetCommissionRate({ symbol }));
    const rate = answer.ok ? readTakerFee(answer.value) : undefined;
    return rate?.ok === true ? rate.value : USUAL_TAKER_FEE;
  }

  async #get(what: string, make: () => Promise<unknown>): Promise<Result<unknown, Why>> {
    const answer = await call(this.#client, make);
    return answer.ok ? answer : fail(unreached(what, answer.failure));
  }
}

function readMode(dual: Result<unknown, Why>, multi: Result<unknown, Why>): Result<Rules["mode"], Why> {
  if (!dual.ok) return dual;
  if (!multi.ok) return multi;
  const parsed = z
    .object({ dual: z.object({ dualSidePosition: z.boolean() }), multi: z.object({ multiAssetsMargin: z.boolean() }) })
    .safeParse({ dual: dual.value, multi: multi.value });
  if (!parsed.success) return fail(unreadable("account modes", parsed.error));
  return ok({ dual: parsed.data.dual.dualSidePosition, multiAssets: parsed.data.multi.multiAssetsMargin });
}

const unreached = (what: string, { status, code, message }: Trouble): Why =>
  why("binance/unreached", {
    call: what,
    status: `${status ?? "none"}`,
    code: `${code ?? "none"}`,
    detail: message,
    next: "check connection, key and clock of this machine; the reading is tried again",
  });
