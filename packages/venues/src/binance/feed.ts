import type { BookEvent, Feed } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import type { KeyPermission } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unreadable } from "./raw.ts";
import { KeyCheck } from "./key-permission.ts";
import { checkParity } from "./parity.ts";
import { markKey } from "./position.ts";
import { type ReadAccount, readAccount } from "./read-account.ts";
import { RuleBook, type Rules } from "./rule-book.ts";
import { type Client, ask } from "./transport.ts";
import { watchStreams } from "./watch.ts";
import { BINANCE, RULES } from "./written.ts";

export interface FeedSettings {
  readonly holding: HoldingId;
  /** Symbols whose terms and marks are read even while nothing is held in them. */
  readonly symbols?: readonly string[];
  /** Age at which tables, fees and modes are read again; they change a few times a month. */
  readonly termsEveryMs?: number;
}

const TERMS_EVERY_MS = 3_600_000;
const ATTEMPTS = 3;

/** Reads one USD-M account: positions, wallets and marks on each snapshot, rules from time to time, changes from the sockets. */
export class BinanceFeed implements Feed {
  readonly #client: Client;
  readonly #settings: FeedSettings;
  readonly #book: RuleBook;
  readonly #check: KeyCheck;
  /** Notices that stand and were told: each is told once, and again only after it had ended. */
  #told: ReadonlySet<string> = new Set();

  /** @param client ccxt's `pro.binanceusdm` with keys; the caller configures addresses and proxies. */
  constructor(client: Client, settings: FeedSettings) {
    this.#client = client;
    this.#settings = settings;
    this.#book = new RuleBook(client, settings.termsEveryMs ?? TERMS_EVERY_MS);
    this.#check = new KeyCheck(client);
  }

  /** What the venue says of the key: unknown until a snapshot was tried. */
  get permission(): KeyPermission {
    return this.#check.permission;
  }

  async snapshot(): Promise<Result<readonly BookEvent[], Why>> {
    const allowed = await this.#check.allowed();
    if (!allowed.ok) return allowed;
    let last: Result<readonly BookEvent[], Why> = fail(why("binance/not-read"));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      last = await this.#readOnce();
      if (last.ok || last.failure.code !== "binance/torn-reading") break;
    }
    if (!last.ok) this.#book.forget();
    return last;
  }

  /** What is assumed or was not said, in names that take no account and no price with them: `lost` events for people. */
  #notices({ assumed }: Rules): readonly BookEvent[] {
    const standing = new Map([...assumed].map(([symbol, reason]) => [`${BINANCE}:${symbol}:taker-fee`, reason]));
    if (this.permission.is === "unknown") standing.set(`${BINANCE}:key-permission`, this.permission.why);
    const fresh = [...standing].filter(([what]) => !this.#told.has(what));
    this.#told = new Set(standing.keys());
    return fresh.map(([what, reason]): BookEvent => ({ type: "lost", what, why: reason }));
  }

  watch(on: (event: BookEvent, at: Ms) => void): Promise<() => Promise<void>> {
    const followed = () => [...new Set([...(this.#settings.symbols ?? []), ...this.#book.symbols])];
    return watchStreams(this.#client, this.#settings.holding, followed, () => this.snapshot(), on);
  }

  async #readOnce(): Promise<Result<readonly BookEvent[], Why>> {
    const now = await this.#time();
    if (!now.ok) return now;
    const needed = new Set(this.#settings.symbols);
    const rules = await this.#book.current(now.value, needed);
    if (!rules.ok) return rules;
    const read = await this.#readAccount(rules.value);
    if (!read.ok) return read;
    for (const { symbol } of read.value.body.positions) needed.add(symbol);
    const full = await this.#book.current(now.value, needed);
    return full.ok ? ok(this.#eventsOf(read.value, full.value, needed, now.value)) : full;
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
    const lost = [...needed].flatMap((symbol): readonly BookEvent[] => {
      const problem = rules.problems.get(symbol);
      return problem === undefined ? [] : [{ type: "lost", what: markKey(symbol), why: problem }];
    });
    const differs = checkParity(positions, rules.symbols);
    return [
      { type: "terms", terms: { ...rules.document, market: id } },
      ...prices,
      { type: "holding", holding: { id, venue: BINANCE, rules: RULES, market: id, asOf: now, body } },
      ...lost,
      ...(differs === undefined ? [] : [{ type: "lost", what: id, why: differs } as const]),
      ...this.#notices(rules),
    ];
  }

  async #time(): Promise<Result<Ms, Why>> {
    const answer = await ask(this.#client, "time", (each) => each.fapiPublicGetTime());
    if (!answer.ok) return answer;
    const parsed = z.object({ serverTime: z.coerce.number().int().positive() }).safeParse(answer.value);
    return parsed.success ? ok(ms(parsed.data.serverTime)) : fail(unreadable("time", parsed.error));
  }

  async #readAccount({ mode, funding }: Rules): Promise<Result<ReadAccount, Why>> {
    const client = this.#client;
    const [account, positions, config, orders, marks] = await Promise.all([
      ask(client, "account", (each) => each.fapiPrivateV3GetAccount()),
      ask(client, "positionRisk", (each) => each.fapiPrivateV3GetPositionRisk()),
      ask(client, "symbolConfig", (each) => each.fapiPrivateGetSymbolConfig()),
      ask(client, "openOrders", (each) => each.fapiPrivateGetOpenOrders()),
      ask(client, "premiumIndex", (each) => each.fapiPublicGetPremiumIndex()),
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
}
