import type { BookEvent, Terms } from "@plimsoll/core/book";
import type { Quote, Scene } from "@plimsoll/core/margin";
import { type Ms, type QuoteKey, type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import { type Reading, TERMS_EVERY_MS } from "@plimsoll/venues/exchange";
import type { FeedSettings } from "@plimsoll/venues/wire";
import type { Body, Funding } from "./holding.ts";
import { askPermission } from "./key-permission.ts";
import { HYPERLIQUID, dexOf, markKey, oracleKey } from "./names.ts";
import { parityOf } from "./parity.ts";
import { type RawAccount, type ReadAccount, isEmpty, readAccount } from "./read-account.ts";
import { type Ctx, type Dex, readAbstraction, readCtxs, readTime } from "./read-market.ts";
import { readStream } from "./read-stream.ts";
import { RuleBook, type Rules } from "./rule-book.ts";
import type { HyperliquidTerms } from "./terms.ts";
import { type Client, type Wire, askInfo, followAll, wireOf } from "./transport.ts";

/**
 * How one address is read: every dex each time, tables from time to time, changes from the sockets.
 * @param shipped whose rules stand; margin tables come from the venue.
 */
export function hyperliquidReading(client: Client, settings: FeedSettings, shipped: Terms<unknown>): Reading {
  const { holding } = settings;
  const user = client.walletAddress;
  const wire = wireOf(client);
  const book = new RuleBook(wire, user, settings.termsEveryMs ?? TERMS_EVERY_MS, shipped);
  const followed = new Set(settings.symbols);
  return {
    venue: HYPERLIQUID,
    client,
    holding,
    time: async () => {
      const answer = await askInfo(wire, "exchangeStatus");
      return answer.ok ? readTime(answer.value) : answer;
    },
    permission: () => askPermission(client),
    forget: () => book.forget(),
    notices: () => book.notices,
    streams: [
      {
        covers: () => [...followed].flatMap((coin) => [markKey(coin), oracleKey(coin)]),
        follow: () =>
          followAll(
            client,
            [...followed].map((coin) => ({ type: "activeAssetCtx", coin })),
          ),
      },
      {
        covers: () => [holding],
        follow: () =>
          followAll(client, [
            { type: "userEvents", user },
            { type: "orderUpdates", user },
            { type: "userNonFundingLedgerUpdates", user },
          ]),
      },
    ],
    readStream: (message) => readStream(message, { holding, user, at: ms(client.nonce()) }),
    read: async (now) => {
      const dexes = await book.dexes(now);
      if (!dexes.ok) return dexes;
      const account = await askAccount(wire, user, dexes.value, now);
      if (!account.ok) return account;
      const coins = new Set([...(settings.symbols ?? []), ...account.value.body.positions.map(({ coin }) => coin)]);
      const ctxs = await askCtxs(wire, new Set([...coins].map(dexOf)));
      if (!ctxs.ok) return ctxs;
      const rules = book.current(coins);
      if (!rules.ok) return rules;
      for (const coin of coins) followed.add(coin);
      return eventsOf(account.value, rules.value, ctxs.value, { settings, coins, now });
    },
  };
}

/** Asks for the state of every dex together, and then for the orders of those where there is anything. */
async function askAccount(wire: Wire, user: string, dexes: readonly Dex[], now: Ms): Promise<Result<ReadAccount, Why>> {
  const mode = await askInfo(wire, "userAbstraction", { user });
  if (!mode.ok) return mode;
  const alone = readAbstraction(mode.value);
  if (!alone.ok) return alone;
  const whereOf = (dex: string) => (dex === "" ? { user } : { user, dex });
  const states = await Promise.all(dexes.map(({ name }) => askInfo(wire, "clearinghouseState", whereOf(name))));
  const raw: RawAccount["dexes"][number][] = [];
  for (const [index, state] of states.entries()) {
    if (!state.ok) return state;
    const { name: dex, token } = dexes[index]!;
    if (dex !== "" && isEmpty(state.value)) continue;
    const orders = await askInfo(wire, "frontendOpenOrders", whereOf(dex));
    if (!orders.ok) return orders;
    raw.push({ dex, token, state: state.value, orders: orders.value });
  }
  const account = readAccount({ dexes: raw });
  const torn = account.ok ? apart(account.value, now) : undefined;
  return torn === undefined ? account : fail(torn);
}

/** States of one reading that are further apart than this, or older than its clock, are not of one moment. */
const MOMENT_MS = 5_000;

function apart({ pools }: ReadAccount, now: Ms): Why | undefined {
  const times = pools.flatMap(({ time }) => time ?? []);
  const [oldest, newest] = [Math.min(...times), Math.max(...times)];
  if (times.length === 0 || (oldest >= now - MOMENT_MS && newest - oldest <= MOMENT_MS)) return undefined;
  return why("hyperliquid/torn-reading", {
    oldest: `${oldest}`,
    newest: `${newest}`,
    clock: `${now}`,
    next: "read again: the states of the dexes are of different moments",
  });
}

async function askCtxs(wire: Wire, dexes: ReadonlySet<string>): Promise<Result<ReadonlyMap<string, Ctx>, Why>> {
  const all = new Map<string, Ctx>();
  for (const dex of dexes) {
    const answer = await askInfo(wire, "metaAndAssetCtxs", dex === "" ? {} : { dex });
    if (!answer.ok) return answer;
    const read = readCtxs(answer.value);
    if (!read.ok) return read;
    for (const [coin, ctx] of read.value) all.set(coin, ctx);
  }
  return ok(all);
}

interface About {
  readonly settings: FeedSettings;
  readonly coins: ReadonlySet<string>;
  readonly now: Ms;
}

/** Marks of what is held are those that the state itself is valued at; others, oracle prices and funding come beside it. */
function eventsOf(
  account: ReadAccount,
  rules: Rules,
  ctxs: ReadonlyMap<string, Ctx>,
  { settings: { holding: id }, coins, now }: About,
): Result<readonly BookEvent[], Why> {
  const quotes = new Map<QuoteKey, Quote>();
  const lost = [...rules.problems].map(([coin, why]): BookEvent => ({ type: "lost", what: markKey(coin), why }));
  for (const coin of coins) {
    const { markPx, oraclePx } = ctxs.get(coin) ?? {};
    const mark = account.marks.get(coin) ?? markPx;
    if (mark == null) lost.push({ type: "lost", what: markKey(coin), why: untold(coin, "mark") });
    else quotes.set(markKey(coin), { value: mark, kind: "mark", asOf: now });
    if (oraclePx == null) lost.push({ type: "lost", what: oracleKey(coin), why: untold(coin, "oracle") });
    else quotes.set(oracleKey(coin), { value: oraclePx, kind: "oracle", asOf: now });
  }
  const terms = { ...rules.document, market: id };
  const body: Body = { ...account.body, funding: fundingOf(account.body, ctxs, rules.terms.rules.fundingEveryMs, now) };
  const scene: Scene<HyperliquidTerms> = { now, quotes, terms: { ...terms, body: rules.terms } };
  const rows = parityOf({ ...account, body }, scene);
  const parity: readonly BookEvent[] = rows.ok ? [{ type: "parity", holding: id, rows: rows.value, at: now }] : [];
  return ok([
    { type: "terms", terms },
    ...[...quotes].map(([key, { value: price, kind }]): BookEvent => ({ type: "price", key, price, kind, at: now })),
    { type: "holding", holding: { id, venue: HYPERLIQUID, rules: terms.rules, market: id, asOf: now, body } },
    ...lost,
    ...parity,
  ]);
}

const untold = (coin: string, kind: string): Why =>
  why(`hyperliquid/no-${kind}`, { coin, next: `the venue told no ${kind} price of this coin: read again` });

/** The rate that stands for the settlement at the end of this interval. */
const fundingOf = ({ positions }: Body, ctxs: ReadonlyMap<string, Ctx>, everyMs: Ms, now: Ms): readonly Funding[] =>
  positions.flatMap(({ coin }) => {
    const rate = ctxs.get(coin)?.funding;
    return rate == null ? [] : [{ coin, rate, next: ms((Math.floor(now / everyMs) + 1) * everyMs) }];
  });
