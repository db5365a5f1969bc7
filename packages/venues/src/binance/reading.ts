import type { BookEvent } from "@plimsoll/core/book";
import { type Ms, type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { type Reading, TERMS_EVERY_MS } from "@plimsoll/venues/exchange";
import type { FeedSettings } from "@plimsoll/venues/wire";
import * as z from "zod";
import { askPermission } from "./key-permission.ts";
import { parityOf } from "./parity.ts";
import { markKey } from "./position.ts";
import { unreadable, venueTime } from "./raw.ts";
import type { ReadAccount } from "./read-account.ts";
import { type VenueIndex, indexEvent } from "./read-asset-index.ts";
import { readStream } from "./read-stream.ts";
import { RuleBook, type Rules, askAssetIndex } from "./rule-book.ts";
import { type System, usdm } from "./system.ts";
import { type Client, type Wire, wireOf } from "./transport.ts";

/** How one futures account is read: positions, wallets and marks each time, rules from time to time, changes from the sockets. */
export function binanceReading(client: Client, settings: FeedSettings, system = usdm): Reading {
  const { holding } = settings;
  const wire = wireOf(client);
  const book = new RuleBook(wire, settings.termsEveryMs ?? TERMS_EVERY_MS, system);
  const followed = () => [...new Set([...(settings.symbols ?? []), ...book.symbols])];
  return {
    venue: system.venue,
    client,
    holding,
    time: () => askTime(wire, system),
    permission: () => askPermission(wire),
    forget: () => book.forget(),
    notices: () => book.notices,
    streams: [
      {
        covers: () => followed().map((symbol) => markKey(symbol, system.venue)),
        follow: () => followMarks(client, followed()),
      },
      { covers: () => [holding], follow: () => client.watchBalance() },
    ],
    readStream: (message) => readStream((message as { data?: unknown } | null)?.data ?? message, holding, system.venue),
    read: async (now) => {
      const needed = new Set(settings.symbols);
      const rules = await book.current(now, needed);
      if (!rules.ok) return rules;
      const [read, indices] = await Promise.all([system.account(wire, rules.value), askIndices(wire, rules.value)]);
      if (!read.ok) return tornAt(system, read.failure);
      if (!indices.ok) return indices;
      for (const { symbol } of read.value.body.positions) needed.add(symbol);
      const full = await book.current(now, needed);
      return full.ok
        ? ok([...indices.value.map(indexEvent), ...eventsOf(read.value, full.value, needed, settings, now, system)])
        : full;
    },
  };
}

async function followMarks(client: Client, symbols: readonly string[]): Promise<unknown> {
  const unified = symbols.flatMap(
    (symbol) => client.markets_by_id?.[symbol]?.map((market: { symbol: string }) => market.symbol) ?? [],
  );
  return unified.length === 0 ? client.sleep(1_000) : client.watchMarkPrices(unified);
}

function eventsOf(
  account: ReadAccount,
  rules: Rules,
  needed: ReadonlySet<string>,
  { holding: id }: FeedSettings,
  now: Ms,
  { venue, rules: ruleSet }: System,
): readonly BookEvent[] {
  const prices = account.marks
    .filter(({ symbol }) => needed.has(symbol))
    .map(({ symbol, markPrice: price, time: at }): BookEvent => ({
      type: "price",
      key: markKey(symbol, venue),
      price,
      kind: "mark",
      at,
    }));
  const lost = [...needed].flatMap((symbol): readonly BookEvent[] => {
    const problem = rules.problems.get(symbol);
    return problem === undefined ? [] : [{ type: "lost", what: markKey(symbol, venue), why: problem }];
  });
  return [
    { type: "terms", terms: { ...rules.document, market: id } },
    ...prices,
    { type: "holding", holding: { id, venue, rules: ruleSet, market: id, asOf: now, body: account.body } },
    ...lost,
    { type: "parity", holding: id, rows: parityOf(account, rules.symbols, rules.document, now), at: now },
  ];
}

/** A reading that was cut apart is repeated where it is called so by its own venue. */
const tornAt = ({ venue }: System, { code, facts }: Why): Result<never, Why> =>
  fail({ code: code === "binance/torn-reading" ? `${venue}/torn-reading` : code, facts });

const askIndices = (wire: Wire, { mode }: Rules): Promise<Result<readonly VenueIndex[], Why>> =>
  mode.multiAssets ? askAssetIndex(wire) : Promise.resolve(ok([]));

async function askTime(wire: Wire, { time }: System): Promise<Result<Ms, Why>> {
  const answer = await wire.ask("time", time);
  if (!answer.ok) return answer;
  const parsed = z.object({ serverTime: venueTime }).safeParse(answer.value);
  return parsed.success ? ok(parsed.data.serverTime) : fail(unreadable("time", parsed.error));
}
