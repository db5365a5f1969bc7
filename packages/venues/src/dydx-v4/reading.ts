import type { BookEvent } from "@plimsoll/core/book";
import type { Quote } from "@plimsoll/core/margin";
import { type Ms, type QuoteKey, type Result, type Why, fail, ms, ok } from "@plimsoll/core/units";
import { NO_NEWS, type Reading } from "@plimsoll/venues/exchange";
import { type FeedSettings, termsDocument } from "@plimsoll/venues/wire";
import * as z from "zod";
import { DYDX, RULES, oracleKey } from "./names.ts";
import { parityOf } from "./parity.ts";
import { unreadable } from "./read-holding.ts";
import { type IndexerMarket, readMarkets } from "./read-markets.ts";
import { readSubaccounts } from "./read-subaccounts.ts";
import type { DydxTerms } from "./terms.ts";
import { type Client, wireOf } from "./transport.ts";

const Time = z.object({ iso: z.iso.datetime() });

/**
 * How one address is read from the indexer: its subaccounts, and the markets with their oracle prices and parameters. There is
 * no socket: every reading is whole.
 * @param liquidations the protocol's limits of liquidations, which the indexer does not tell.
 */
export function dydxReading(
  client: Client,
  { holding, symbols = [] }: FeedSettings,
  liquidations: DydxTerms["liquidations"],
): Reading {
  const wire = wireOf(client);
  return {
    venue: DYDX,
    client,
    holding,
    time: async () => {
      const answer = await wire.ask("time", (each) => each.indexerGetTime());
      if (!answer.ok) return answer;
      const parsed = Time.safeParse(answer.value);
      return parsed.success ? ok(ms(Date.parse(parsed.data.iso))) : fail(unreadable("time", parsed.error));
    },
    permission: async () => noKey,
    forget: () => {},
    notices: () => new Map(),
    streams: [],
    readStream: () => ok(NO_NEWS),
    read: async (now) => {
      const raw = await wire.ask("perpetualMarkets", (each) => each.indexerGetPerpetualMarkets());
      const markets = raw.ok ? readMarkets(raw.value) : raw;
      if (!markets.ok) return markets;
      const address = client.walletAddress;
      const told = await wire.ask("addresses", (each) => each.indexerGetAddressesAddress({ address }));
      if (!told.ok) return told;
      const account = readSubaccounts(told.value, markets.value);
      if (!account.ok) return account;
      const held = new Set([...symbols, ...account.value.body.markets.map(({ ticker }) => ticker)]);
      const used = [...markets.value].filter(([ticker]) => held.has(ticker));
      return eventsOf(account.value, used, { holding, now, liquidations });
    },
  };
}

/** Nothing is opened by an address that everybody can see. */
export const noKey = {
  is: "said",
  trades: false,
  transfers: false,
  withdraws: false,
  ipBound: "unknown",
  expires: "never",
} as const;

interface About {
  readonly holding: FeedSettings["holding"];
  readonly now: Ms;
  readonly liquidations: DydxTerms["liquidations"];
}

function eventsOf(
  account: Parameters<typeof parityOf>[0],
  markets: readonly (readonly [string, IndexerMarket])[],
  { holding: id, now, liquidations }: About,
): Result<readonly BookEvent[], Why> {
  const body: DydxTerms = { liquidations, markets: Object.fromEntries(markets.map(([of, { terms }]) => [of, terms])) };
  const document = termsDocument({
    venue: DYDX,
    rules: RULES,
    market: id,
    validFrom: new Date(now).toISOString().slice(0, 10),
    source: "the indexer: perpetualMarkets; limits of liquidations from the shipped document",
    body,
  });
  const quotes = new Map<QuoteKey, Quote>(
    markets.map(([ticker, { oracle: value }]) => [oracleKey(ticker), { value, kind: "oracle", asOf: now }]),
  );
  const rows = parityOf(account, { now, quotes, terms: { ...document, body } });
  return ok([
    { type: "terms", terms: document },
    ...[...quotes].map(([key, { value: price, kind }]): BookEvent => ({ type: "price", key, price, kind, at: now })),
    { type: "holding", holding: { id, venue: DYDX, rules: RULES, market: id, asOf: now, body: account.body } },
    ...(rows.ok ? [{ type: "parity", holding: id, rows: rows.value, at: now } as const] : []),
  ]);
}
