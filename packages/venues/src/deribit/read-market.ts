import type { BookEvent } from "@plimsoll/core/book";
import type { Quote } from "@plimsoll/core/margin";
import { type Ms, type QuoteKey, type Result, type Why, ok } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Funding } from "./holding.ts";
import { basisKey, indexKey, readInstrument, volKey } from "./instrument.ts";
import { resultOf } from "./raw.ts";
import { type ReadTicker, readTicker } from "./read-ticker.ts";
import type { Wire } from "./transport.ts";

/** Prices of one reading; what the venue refused to tell is lost, each with its reason. */
export interface Market {
  readonly quotes: ReadonlyMap<QuoteKey, Quote>;
  readonly funding: readonly Funding[];
  readonly lost: ReadonlyMap<QuoteKey, Why>;
}

type Told = Result<ReadTicker, Why>;

/**
 * Asks for the ticker of every instrument and the index of every other pair: a pooled coin is worth its index. An option's ticker
 * names the price that it follows, so that no ticker of its future is needed.
 */
export async function askMarket(
  wire: Wire,
  { instruments, pairs }: { readonly instruments: ReadonlySet<string>; readonly pairs: ReadonlySet<string> },
  now: Ms,
): Promise<Market> {
  const told = await Promise.all([
    ...[...instruments].map(async (name) => [keysOf(name), await askTicker(wire, name)] as const),
    ...[...pairs].map(async (pair) => [[indexKey(pair)], await askIndex(wire, pair, now)] as const),
  ]);
  const quotes = new Map<QuoteKey, Quote>();
  for (const [, read] of told)
    for (const { key, price: value, kind, at: asOf } of read.ok ? read.value.prices : [])
      if ((quotes.get(key)?.asOf ?? 0) <= asOf) quotes.set(key, { value, kind, asOf });
  const lost = told.flatMap(([keys, read]) => (read.ok ? [] : keys.map((key) => [key, read.failure] as const)));
  return {
    quotes,
    funding: told.flatMap(([, read]) => (read.ok && read.value.funding !== undefined ? [read.value.funding] : [])),
    lost: new Map(lost.filter(([key]) => !quotes.has(key))),
  };
}

/** What only this instrument's ticker tells, and its index. */
function keysOf(name: string): readonly QuoteKey[] {
  const instrument = readInstrument(name);
  if (instrument === undefined) return [];
  const { pair, underlying, option } = instrument;
  return [indexKey(pair), basisKey(underlying), ...(option === undefined ? [] : [volKey(name)])];
}

async function askTicker(wire: Wire, instrument_name: string): Promise<Told> {
  const answer = await wire.ask("ticker", (each) => each.publicGetTicker({ instrument_name }));
  const row = answer.ok ? resultOf("ticker", z.unknown(), answer.value) : answer;
  return row.ok ? readTicker(row.value) : row;
}

const Index = z.object({ index_price: decimal(40).refine(({ digits }) => digits > 0n, "must be above 0") });

async function askIndex(wire: Wire, pair: string, at: Ms): Promise<Told> {
  const answer = await wire.ask("get_index_price", (each) => each.publicGetGetIndexPrice({ index_name: pair }));
  const read = answer.ok ? resultOf("index price", Index, answer.value) : answer;
  return read.ok ? ok({ prices: [{ key: indexKey(pair), price: read.value.index_price, kind: "index", at }] }) : read;
}

/** The same as events of the book. */
export const marketEvents = ({ quotes, lost }: Market): readonly BookEvent[] => [
  ...[...quotes].map(([key, { value, kind, asOf }]): BookEvent => ({
    type: "price",
    key,
    price: value,
    kind,
    at: asOf,
  })),
  ...[...lost].map(([what, reason]): BookEvent => ({ type: "lost", what, why: reason })),
];
