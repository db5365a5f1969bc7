import type { BookEvent } from "@plimsoll/core/book";
import { type Exact, type HoldingId, type Ms, type Result, type Why, DAY_MS, dec, ms, ok } from "@plimsoll/core/units";
import { type Reading, TERMS_EVERY_MS } from "@plimsoll/venues/exchange";
import type { FeedSettings } from "@plimsoll/venues/wire";
import * as z from "zod";
import { accountsOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { coinPair, indexKey, quotesOf, readInstrument } from "./instrument.ts";
import { askPermission } from "./key-permission.ts";
import { parityOf } from "./parity.ts";
import { resultOf, whole } from "./raw.ts";
import { type RawAccount, type ReadAccount, readAccount } from "./read-account.ts";
import { followAccount, followChannels } from "./read-channels.ts";
import { type OwnFee, readFees } from "./read-fees.ts";
import { type Market, askMarket, marketEvents } from "./read-market.ts";
import { readSettlements } from "./read-settlements.ts";
import { StreamReader } from "./read-stream.ts";
import { CROSS, type Needed, RuleBook, type Rules } from "./rule-book.ts";
import type { DeribitTerms } from "./terms.ts";
import { type Client, type Wire, wireOf } from "./transport.ts";
import { DERIBIT, RULES } from "./written.ts";

/** What is priced and followed. */
interface Watched {
  readonly instruments: ReadonlySet<string>;
  /** Indices that no instrument's ticker tells: those of pooled coins. */
  readonly pairs: ReadonlySet<string>;
}

/** How one login is read: sums, positions and prices each time, rules from time to time, changes from the sockets. */
export function deribitReading(client: Client, settings: FeedSettings): Reading {
  const { holding, symbols = [] } = settings;
  const wire = wireOf(client);
  const book = new RuleBook(wire, settings.termsEveryMs ?? TERMS_EVERY_MS, holding);
  const stream = new StreamReader(holding);
  let watched: Watched = { instruments: new Set(symbols), pairs: new Set() };
  let settled: Ms | undefined;
  return {
    venue: DERIBIT,
    client,
    holding,
    time: () => askTime(wire),
    permission: () => askPermission(wire),
    forget: () => book.forget(),
    notices: () => book.notices,
    streams: [
      { covers: () => keysOf(watched), follow: () => followChannels(client, channelsOf(watched)) },
      { covers: () => [holding], follow: () => followAccount(client) },
    ],
    readStream: (message) => stream.read(message),
    read: async (now) => {
      const raw = await askAccount(wire);
      if (!raw.ok) return raw;
      const outline = readAccount(raw.value, USUAL_FACTOR);
      const fees = readFees(raw.value.summaries);
      if (!outline.ok) return outline;
      if (!fees.ok) return fees;
      watched = watchedIn(outline.value.body, symbols);
      const rules = await book.current(now, neededFor(outline.value.body, watched, fees.value));
      const market = await askMarket(wire, watched, now);
      if (!rules.ok) return rules;
      const read = readAccount(raw.value, factorOf(rules.value.terms));
      if (!read.ok) return read;
      const effects = await askSettlements(wire, read.value.body, holding, settled, now);
      if (effects.ok) settled = now;
      return ok([...eventsOf(read.value, rules.value, market, holding, now), ...told(effects)]);
    },
  };
}

/** What maintenance is of the scenarios' loss: the venue says it with the parameters, and has said nothing else yet. */
const USUAL_FACTOR = dec("0.8");

function factorOf({ pairs }: DeribitTerms): Exact {
  const said = Object.values(pairs).find(({ matrix }) => matrix !== undefined)?.matrix?.maintenanceFactor;
  return said === undefined ? USUAL_FACTOR : dec(`${said}`);
}

function watchedIn({ wallets, positions }: Body, symbols: readonly string[]): Watched {
  const instruments = new Set([...symbols, ...positions.map(({ instrument }) => instrument)]);
  const told = new Set([...instruments].map((name) => readInstrument(name)?.pair));
  const pooled = wallets.filter(({ model }) => model.startsWith("cross")).map(({ currency }) => coinPair(currency));
  return { instruments, pairs: new Set(pooled.filter((pair) => !told.has(pair))) };
}

function neededFor(body: Body, { instruments }: Watched, fees: readonly OwnFee[]): Needed {
  const models = accountsOf(body)
    // haircuts stand among these parameters, so that the pool is asked for whatever its model
    .filter(({ is, margin }) => is === "cross" || margin === "portfolio")
    .map(({ is, unit }) => (is === "cross" ? CROSS : unit));
  return { instruments, models: new Set(models), fees };
}

const keysOf = ({ instruments, pairs }: Watched): readonly string[] => [
  ...new Set([...[...instruments].flatMap(quotesOf), ...[...pairs].map(indexKey)]),
];

const channelsOf = ({ instruments, pairs }: Watched): readonly string[] => [
  ...[...instruments].map((name) => `ticker.${name}.100ms`),
  ...[...pairs].map((pair) => `deribit_price_index.${pair}`),
];

function eventsOf(
  read: ReadAccount,
  { document, terms }: Rules,
  market: Market,
  id: HoldingId,
  now: Ms,
): readonly BookEvent[] {
  const held = new Set(read.body.positions.map(({ instrument }) => instrument));
  const body = { ...read.body, funding: market.funding.filter(({ instrument }) => held.has(instrument)) };
  return [
    { type: "terms", terms: document },
    ...marketEvents(market),
    { type: "holding", holding: { id, venue: DERIBIT, rules: RULES, market: id, asOf: now, body } },
    { type: "parity", holding: id, rows: parityOf(read, market.quotes, { ...document, body: terms }, now), at: now },
  ];
}

async function askTime(wire: Wire): Promise<Result<Ms, Why>> {
  const answer = await wire.ask("get_time", (each) => each.publicGetGetTime());
  return answer.ok ? resultOf("time", whole.transform(ms), answer.value) : answer;
}

/** Positions before and after the sums: where they agree, the sums are of these positions. */
async function askAccount(wire: Wire): Promise<Result<RawAccount, Why>> {
  const askPositions = () => wire.ask("get_positions", (each) => each.privateGetGetPositions({ currency: "any" }));
  const before = await askPositions();
  const [summaries, orders] = await Promise.all([
    wire.ask("get_account_summaries", (each) => each.privateGetGetAccountSummaries({ extended: "true" })),
    wire.ask("get_open_orders", (each) => each.privateGetGetOpenOrders()),
  ]);
  const after = await askPositions();
  if (!before.ok) return before;
  if (!summaries.ok) return summaries;
  if (!orders.ok) return orders;
  if (!after.ok) return after;
  const list = z.array(z.unknown());
  const sums = resultOf("account summaries", z.object({ summaries: list }), summaries.value);
  const open = resultOf("open orders", list, orders.value);
  const [positions, positionsAfter] = [before, after].map(({ value }) => resultOf("positions", list, value));
  if (!sums.ok) return sums;
  if (!open.ok) return open;
  if (!positions!.ok) return positions!;
  if (!positionsAfter!.ok) return positionsAfter!;
  return ok({
    summaries: sums.value.summaries,
    positions: positions!.value,
    positionsAfter: positionsAfter!.value,
    orders: open.value,
  });
}

/** What was settled shows in the account as well: where it cannot be told, that takes nothing with it, and is asked again. */
const told = (effects: Result<readonly BookEvent[], Why>): readonly BookEvent[] =>
  effects.ok ? effects.value : [{ type: "lost", what: `${DERIBIT}:settlements`, why: effects.failure }];

/** Sessions and deliveries are at 08:00 UTC. @source Deribit, contract specifications */
const SETTLED_AT_MS = 8 * 3_600_000;
const sessionOf = (at: Ms): number => Math.floor((at - SETTLED_AT_MS) / DAY_MS);

/** What was settled or delivered since the last reading; asked only where 08:00 UTC lies between. */
async function askSettlements(
  wire: Wire,
  { wallets }: Body,
  holding: HoldingId,
  since: Ms | undefined,
  now: Ms,
): Promise<Result<readonly BookEvent[], Why>> {
  if (since === undefined || sessionOf(since) === sessionOf(now)) return ok([]);
  const events: BookEvent[] = [];
  for (const { currency } of wallets) {
    const answer = await wire.ask("get_settlement_history", (each) =>
      each.privateGetGetSettlementHistoryByCurrency({ currency, count: "1000" }),
    );
    const read = answer.ok ? readSettlements(answer.value, holding, since) : answer;
    if (!read.ok) return read;
    events.push(...read.value);
  }
  return ok(events);
}
