import type { BookEvent } from "@plimsoll/core/book";
import type { Quote, Scene } from "@plimsoll/core/margin";
import { type Ms, type QuoteKey, isNegative, isZero, ok } from "@plimsoll/core/units";
import { type Reading, TERMS_EVERY_MS } from "@plimsoll/venues/exchange";
import type { FeedSettings } from "@plimsoll/venues/wire";
import { isIsolated } from "./holding.ts";
import { askPermission } from "./key-permission.ts";
import { parityOf } from "./parity.ts";
import { indexKey, markKey } from "./quotes.ts";
import { type ReadAccount, withRates } from "./read-account.ts";
import { type VenuePrice, readTime } from "./read-rates.ts";
import { askAccount, askFunding, askInterest, askPrices } from "./read-answers.ts";
import { readStream } from "./read-stream.ts";
import type { Part } from "./read-tables.ts";
import { RuleBook, type Rules } from "./rule-book.ts";
import { type Client, followCoins, followMarks, wireOf } from "./transport.ts";
import { OKX, RULES } from "./written.ts";

/** Pushes of changes alone: without it the venue repeats itself every few seconds. @source OKX API documentation, account and positions channels */
const ON_CHANGE = { extraParams: JSON.stringify({ updateInterval: "0" }) };

/** How one trading account is read: positions, balances and prices each time, tables from time to time, changes from the sockets. */
export function okxReading(client: Client, settings: FeedSettings): Reading {
  const { holding } = settings;
  const wire = wireOf(client);
  const book = new RuleBook(wire, settings.termsEveryMs ?? TERMS_EVERY_MS);
  const followed = { instruments: new Set(settings.symbols), coins: new Set<string>() };
  return {
    venue: OKX,
    client,
    holding,
    time: async () => {
      const answer = await wire.ask("time", (each) => each.publicGetPublicTime());
      return answer.ok ? readTime(answer.value) : answer;
    },
    permission: () => askPermission(wire),
    forget: () => book.forget(),
    notices: () => book.notices,
    streams: [
      { covers: () => [...followed.instruments].map(markKey), follow: () => followMarks(client, followed.instruments) },
      { covers: () => [...followed.coins].map(indexKey), follow: () => followCoins(client, followed.coins) },
      { covers: () => [holding], follow: () => client.watchBalance(ON_CHANGE) },
      { covers: () => [holding], follow: () => client.watchPositions(undefined, undefined, undefined, ON_CHANGE) },
      { covers: () => [holding], follow: () => client.watchOrders() },
      { covers: () => [holding], follow: () => client.watchOrders(undefined, undefined, undefined, { trigger: true }) },
    ],
    readStream: (message) => readStream(message, holding),
    read: async (now) => {
      const account = await askAccount(wire);
      if (!account.ok) return account;
      const parts = partsOf(account.value, settings.symbols ?? []);
      const rules = await book.current(now, parts, collateralOff(account.value));
      if (!rules.ok) return rules;
      const instruments = parts.filter(({ is }) => is !== "coin").map(({ id }) => id);
      const coins = parts.filter(({ is }) => is === "coin").map(({ id }) => id);
      const prices = await askPrices(wire, new Set(instruments), coins.length > 0);
      if (!prices.ok) return prices;
      const funding = await askFunding(wire, account.value.body);
      if (!funding.ok) return funding;
      const interest = await askInterest(wire, account.value.body, now);
      if (!interest.ok) return interest;
      for (const id of instruments) followed.instruments.add(id);
      for (const coin of coins) followed.coins.add(coin);
      const read = withRates(account.value, funding.value, interest.value);
      return ok(eventsOf(read, rules.value, prices.value, { settings, coins, now }));
    },
  };
}

/** What an account needs tables of; an instrument that is only named gets those of cross margin. */
function partsOf({ body }: ReadAccount, symbols: readonly string[]): readonly Part[] {
  const held = body.positions.map((each): Part => ({
    is: each.kind === "contract" ? "contract" : "pair",
    id: each.instrument,
    mode: isIsolated(each) ? "isolated" : "cross",
  }));
  const named = symbols
    .filter((id) => !held.some((each) => each.id === id))
    .map((id): Part => ({ is: id.split("-").length > 2 ? "contract" : "pair", id, mode: "cross" }));
  const coins =
    body.mode === "multi-currency" ? new Set([...body.balances, ...body.positions].map(({ coin }) => coin)) : [];
  const parts = [...held, ...named, ...[...coins].map((id): Part => ({ is: "coin", id }))];
  return [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
}

const collateralOff = ({ account }: ReadAccount): ReadonlySet<string> =>
  new Set(account.details.filter(({ collateralEnabled }) => collateralEnabled === false).map(({ ccy }) => ccy));

interface Prices {
  readonly marks: readonly VenuePrice[];
  readonly indexes: readonly VenuePrice[];
}

interface About {
  readonly settings: FeedSettings;
  readonly coins: readonly string[];
  readonly now: Ms;
}

function eventsOf(
  account: ReadAccount,
  rules: Rules,
  { marks, indexes }: Prices,
  { settings: { holding: id }, coins, now }: About,
): readonly BookEvent[] {
  const markEvents = marks.map(({ of, price, at }): BookEvent => ({
    type: "price",
    key: markKey(of),
    price,
    kind: "mark",
    at,
  }));
  const known = coins.flatMap((coin) => indexes.find(({ of }) => of === coin) ?? ownIndex(account, coin, now));
  const indexEvents = known.map(({ of, price, at }): BookEvent => ({
    type: "price",
    key: indexKey(of),
    price,
    kind: "index",
    at,
  }));
  const lost = [...rules.problems].map(([what, why]): BookEvent => ({
    type: "lost",
    what: coins.includes(what) ? indexKey(what) : markKey(what),
    why,
  }));
  const terms = { ...rules.document, market: id };
  const scene = sceneOf(account, known, { ...terms, body: rules.terms }, now);
  return [
    { type: "terms", terms },
    ...markEvents,
    ...indexEvents,
    { type: "holding", holding: { id, venue: OKX, rules: RULES, market: id, asOf: now, body: account.body } },
    ...lost,
    { type: "parity", holding: id, rows: parityOf(account, scene), at: now },
  ];
}

/** The index price that the account itself is valued with, where the list of all has none. */
function ownIndex({ account }: ReadAccount, coin: string, at: Ms): readonly VenuePrice[] {
  const price = account.details.find(({ ccy }) => ccy === coin)?.coinUsdPrice;
  return price === undefined || isZero(price) || isNegative(price) ? [] : [{ of: coin, price, at }];
}

/** Everything at the prices of the venue's own rows where they state one, so that both sides look at one moment. */
function sceneOf(
  account: ReadAccount,
  indexes: readonly VenuePrice[],
  terms: Scene<Rules["terms"]>["terms"],
  now: Ms,
): Scene<Rules["terms"]> {
  const quotes = new Map<QuoteKey, Quote>();
  for (const { instId, markPx: value } of account.positions)
    if (value !== undefined) quotes.set(markKey(instId), { value, kind: "mark", asOf: now });
  for (const { of, price } of indexes) {
    const own = ownIndex(account, of, now)[0]?.price;
    quotes.set(indexKey(of), { value: own ?? price, kind: "index", asOf: now });
  }
  return { now, quotes, terms };
}
