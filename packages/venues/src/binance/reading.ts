import type { BookEvent } from "@plimsoll/core/book";
import { type Ms, type Result, type Why, fail, ms, ok } from "@plimsoll/core/units";
import { type Reading, TERMS_EVERY_MS } from "@plimsoll/venues/exchange";
import type { FeedSettings } from "@plimsoll/venues/wire";
import * as z from "zod";
import { askPermission } from "./key-permission.ts";
import { parityOf } from "./parity.ts";
import { markKey } from "./position.ts";
import { unreadable } from "./raw.ts";
import { type ReadAccount, readAccount } from "./read-account.ts";
import { type VenueIndex, indexEvent } from "./read-asset-index.ts";
import { readStream } from "./read-stream.ts";
import { RuleBook, type Rules, askAssetIndex } from "./rule-book.ts";
import { type Client, type Wire, wireOf } from "./transport.ts";
import { BINANCE, RULES } from "./written.ts";

/** How one USD-M account is read: positions, wallets and marks each time, rules from time to time, changes from the sockets. */
export function binanceReading(client: Client, settings: FeedSettings): Reading {
  const { holding } = settings;
  const wire = wireOf(client);
  const book = new RuleBook(wire, settings.termsEveryMs ?? TERMS_EVERY_MS);
  const followed = () => [...new Set([...(settings.symbols ?? []), ...book.symbols])];
  return {
    venue: BINANCE,
    client,
    holding,
    time: () => askTime(wire),
    permission: () => askPermission(wire),
    forget: () => book.forget(),
    notices: () => book.notices,
    streams: [
      { covers: () => followed().map((symbol) => markKey(symbol)), follow: () => followMarks(client, followed()) },
      { covers: () => [holding], follow: () => client.watchBalance() },
    ],
    readStream: (message) => readStream((message as { data?: unknown } | null)?.data ?? message, holding),
    read: async (now) => {
      const needed = new Set(settings.symbols);
      const rules = await book.current(now, needed);
      if (!rules.ok) return rules;
      const [read, indices] = await Promise.all([askAccount(wire, rules.value), askIndices(wire, rules.value)]);
      if (!read.ok && read.failure.code === "binance/mode-changed") book.forget();
      if (!read.ok) return read;
      if (!indices.ok) return indices;
      for (const { symbol } of read.value.body.positions) needed.add(symbol);
      const full = await book.current(now, needed);
      return full.ok
        ? ok([...indices.value.map(indexEvent), ...eventsOf(read.value, full.value, needed, settings, now)])
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
): readonly BookEvent[] {
  const prices = account.marks
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
  return [
    { type: "terms", terms: { ...rules.document, market: id } },
    ...prices,
    { type: "holding", holding: { id, venue: BINANCE, rules: RULES, market: id, asOf: now, body: account.body } },
    ...lost,
    { type: "parity", holding: id, rows: parityOf(account, rules.symbols, rules.document, now), at: now },
  ];
}

const askIndices = (wire: Wire, { mode }: Rules): Promise<Result<readonly VenueIndex[], Why>> =>
  mode.multiAssets ? askAssetIndex(wire) : Promise.resolve(ok([]));

async function askTime(wire: Wire): Promise<Result<Ms, Why>> {
  const answer = await wire.ask("time", (each) => each.fapiPublicGetTime());
  if (!answer.ok) return answer;
  const parsed = z.object({ serverTime: z.coerce.number().int().positive() }).safeParse(answer.value);
  return parsed.success ? ok(ms(parsed.data.serverTime)) : fail(unreadable("time", parsed.error));
}

/** Weights are the venue's own. @source Binance USD-M documentation of each endpoint; all open orders at once cost 40. */
async function askAccount(wire: Wire, { mode, funding }: Rules): Promise<Result<ReadAccount, Why>> {
  const [account, positions, config, orders, marks] = await Promise.all([
    wire.ask("account", (each) => each.fapiPrivateV3GetAccount(), 5),
    wire.ask("positionRisk", (each) => each.fapiPrivateV3GetPositionRisk(), 5),
    wire.ask("symbolConfig", (each) => each.fapiPrivateGetSymbolConfig(), 5),
    wire.ask("openOrders", (each) => each.fapiPrivateGetOpenOrders(), 40),
    wire.ask("premiumIndex", (each) => each.fapiPublicGetPremiumIndex(), 10),
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
