import type { BookEvent, ParityRow } from "@plimsoll/core/book";
import type { Quote, Scene } from "@plimsoll/core/margin";
import { type Ms, type QuoteKey, type Result, type Why, fail, ms, ok } from "@plimsoll/core/units";
import { type Reading, TERMS_EVERY_MS } from "@plimsoll/venues/exchange";
import type { FeedSettings } from "@plimsoll/venues/wire";
import * as z from "zod";
import { readLive } from "./read-live.ts";
import type { Body } from "./holding.ts";
import { askPermission } from "./key-permission.ts";
import { parityOf } from "./parity.ts";
import { indexKey, markKey } from "./quotes.ts";
import { answer } from "./raw.ts";
import { type ReadAccount, accountOf } from "./read-account.ts";
import { read } from "./read-holding.ts";
import type { Category, Listed } from "./read-instruments.ts";
import { type VenuePosition, neededBy } from "./read-rows.ts";
import { StreamReader } from "./read-stream.ts";
import { RuleBook, type Rules } from "./rule-book.ts";
import type { BybitTerms } from "./terms.ts";
import { type Client, type Wire, wireOf } from "./transport.ts";
import { BYBIT } from "./written.ts";

/** How one unified account is read: wallet, positions and orders each time, rules from time to time, changes from the sockets. */
export function bybitReading(client: Client, settings: FeedSettings): Reading {
  const { holding } = settings;
  const wire = wireOf(client);
  const book = new RuleBook(wire, settings.termsEveryMs ?? TERMS_EVERY_MS);
  const messages = new StreamReader(holding);
  let followed: ReadonlyMap<string, Listed> = new Map();
  const marksOf = (category: Category) => ({
    covers: () => symbolsOf(followed, category).map(markKey),
    follow: () => followTickers(client, symbolsOf(followed, category)),
  });
  const own = (follow: () => Promise<unknown>) => ({ covers: () => [holding], follow });
  return {
    venue: BYBIT,
    client,
    holding,
    time: () => askTime(wire),
    permission: () => askPermission(wire),
    forget: () => book.forget(),
    notices: () => book.notices,
    streams: [
      marksOf("linear"),
      marksOf("inverse"),
      own(() => client.watchPositions()),
      own(() => client.watchBalance()),
      own(() => client.watchOrders()),
      own(() => client.watchMyTrades()),
    ],
    readStream: (message) => ok(messages.read(message)),
    read: async (now) => {
      const listed = await book.listed(now);
      if (!listed.ok) return listed;
      const asked = await readLive(wire, settings.symbols ?? [], listed.value);
      if (!asked.ok) return asked;
      const { symbols, coins } = neededBy(asked.value, (symbol) => listed.value.get(symbol)?.settle);
      const all = [...new Set([...(settings.symbols ?? []), ...symbols])];
      const rules = await book.current(now, { symbols: all, coins });
      if (!rules.ok) return rules;
      const account = accountOf(asked.value, rules.value.terms);
      if (!account.ok) return fail(rules.value.problems.get(account.failure.facts["symbol"] ?? "") ?? account.failure);
      followed = new Map([...listed.value].filter(([symbol]) => all.includes(symbol)));
      messages.know(account.value.body);
      return ok(eventsOf(account.value, rules.value, all, settings, now));
    },
  };
}

const symbolsOf = (followed: ReadonlyMap<string, Listed>, category: Category): readonly string[] =>
  [...followed].flatMap(([symbol, each]) => (each.category === category ? [symbol] : []));

/** One socket follows one category. */
async function followTickers(client: Client, symbols: readonly string[]): Promise<unknown> {
  const unified = symbols.flatMap(
    (symbol) => client.markets_by_id?.[symbol]?.map((market: { symbol: string }) => market.symbol) ?? [],
  );
  return unified.length === 0 ? client.sleep(1_000) : client.watchTickers(unified);
}

function eventsOf(
  account: ReadAccount,
  { document, terms, problems }: Rules,
  symbols: readonly string[],
  { holding: id }: FeedSettings,
  now: Ms,
): readonly BookEvent[] {
  const priced = ([key, { value: price, kind, asOf: at }]: readonly [QuoteKey, Quote]): BookEvent => ({
    type: "price",
    key,
    price,
    kind,
    at,
  });
  const lost = [...problems].map(([of, problem]): BookEvent => ({
    type: "lost",
    what: symbols.includes(of) ? markKey(of) : indexKey(of),
    why: problem,
  }));
  const sceneAt = (marks: ReadAccount["marks"]): Scene<BybitTerms> => ({
    now,
    terms: { ...document, body: terms },
    quotes: quotesOf(marks, account.indexes, now),
  });
  const rows = parityOf(account, sceneAt(marksIn(account.positions)), sceneAt(marksIn(account.before)));
  return [
    { type: "terms", terms: { ...document, market: id } },
    ...[...quotesOf(account.marks, account.indexes, now)].map(priced),
    { type: "holding", holding: holdingOf(account.body, document, id, now) },
    ...lost,
    ...parityEvents(rows, id, now),
  ];
}

const holdingOf = (body: Body, { rules }: Rules["document"], id: FeedSettings["holding"], now: Ms) => ({
  id,
  venue: BYBIT,
  rules,
  market: id,
  asOf: now,
  body,
});

/** Where we have no figures the account is unknown, and says so by itself. */
const parityEvents = (
  rows: Result<readonly ParityRow[], Why>,
  holding: FeedSettings["holding"],
  at: Ms,
): readonly BookEvent[] => (rows.ok ? [{ type: "parity", holding, rows: rows.value, at }] : []);

const marksIn = (rows: readonly VenuePosition[]): ReadAccount["marks"] =>
  new Map(rows.map(({ symbol, markPrice }) => [symbol, markPrice]));

const quotesOf = (marks: ReadAccount["marks"], indexes: ReadAccount["indexes"], asOf: Ms): Map<QuoteKey, Quote> =>
  new Map<QuoteKey, Quote>([
    ...[...marks].map(([symbol, value]) => [markKey(symbol), { value, kind: "mark", asOf }] as const),
    ...[...indexes].map(([coin, value]) => [indexKey(coin), { value, kind: "index", asOf }] as const),
  ]);

/** Nanoseconds as text; their first 13 digits are milliseconds. */
const Time = answer(z.object({ timeNano: z.string().regex(/^\d{19}$/) }));

async function askTime(wire: Wire): Promise<Result<Ms, Why>> {
  const answered = await wire.ask("time", (each) => each.publicGetV5MarketTime());
  if (!answered.ok) return answered;
  const time = read("time", Time, answered.value);
  return time.ok ? ok(ms(Number(time.value.result.timeNano.slice(0, 13)))) : time;
}
