import type { BookEvent } from "@plimsoll/core/book";
import { familyOf } from "@plimsoll/core/risk";
import {
  type Exact,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  fail,
  larger,
  ms,
  multiply,
  ok,
  quoteKey,
  quotient,
  smaller,
  why,
} from "@plimsoll/core/units";
import { type CoursePoint, type Order, pathOf } from "@plimsoll/lab/replay";
import type { Bar, Tape } from "@plimsoll/lab/tape";

/** How prices of a book once moved: bars on one grid, and the quotes that followed each row of them. */
export interface History {
  /** What it is, for people: "candles of BTCUSDT-1h.csv". */
  readonly of: string;
  readonly from: Ms;
  readonly to: Ms;
  readonly everyMs: Ms;
  readonly tracks: readonly { readonly quotes: readonly QuoteKey[]; readonly bars: readonly Bar[] }[];
  /** Moves from today's prices instead of the prices themselves. */
  readonly isScaled: boolean;
  /** Quotes that stand still in it although they could move. */
  readonly still: readonly QuoteKey[];
}

/** A history is lived through four times, at four prices a bar: longer ones get coarser bars, which lose no high and no low. */
const MOST_BARS = 500;

type Price = Extract<BookEvent, { readonly type: "price" }>;
const pricesIn = (start: readonly BookEvent[]): readonly Price[] =>
  start.flatMap((event) => (event.type === "price" ? [event] : []));
/** Quotes of a book that move by more than a peg. */
const movingQuotes = (start: readonly BookEvent[]): readonly QuoteKey[] =>
  pricesIn(start).flatMap(({ key }) => (familyOf(key).name === "usd" ? [] : [key]));

/**
 * Candles of coins as moves of a book's prices from where they stand today: a file drives every quote of the coin that its name says,
 * or of the only coin that the book has.
 * @returns `history/no-quote` where a file drives nothing, or two drive one coin; `history/no-overlap` where the files share no time.
 */
export function historyOfTapes(tapes: readonly Tape[], start: readonly BookEvent[]): Result<History, Why> {
  const moving = movingQuotes(start);
  const families = [...new Set(moving.map((key) => familyOf(key).name))];
  const rows: { readonly family: string; readonly tape: Tape }[] = [];
  for (const tape of tapes) {
    const named = families.filter((name) => wordsOf(fileOf(tape)).includes(name));
    const family = named.length === 0 && tapes.length === 1 && families.length === 1 ? families[0] : named[0];
    if (family === undefined || named.length > 1) return fail(drivesNothing(tape, moving));
    if (rows.some((row) => row.family === family)) return fail(drivenTwice(tape, family));
    rows.push({ family, tape });
  }
  const from = ms(Math.max(...tapes.map(({ record }) => record.first)));
  const to = ms(Math.min(...tapes.map(({ record, intervalMs }) => record.last + intervalMs)));
  if (rows.length === 0 || to <= from) return fail(noOverlap(tapes));
  const everyMs = gridOf(from, to, Math.max(...tapes.map(({ intervalMs }) => intervalMs)));
  const tracks = rows.flatMap(({ family, tape }) => {
    const bars = gathered(
      tape.bars.filter(({ at }) => at >= from && at < to),
      from,
      everyMs,
    );
    const own = pricesIn(start).filter(({ key }) => familyOf(key).name === family);
    return own.map(({ key, price }) => ({ quotes: [key], bars: bars.map(movedFrom(bars[0]!.open, price)) }));
  });
  const driven = new Set(tracks.flatMap(({ quotes }) => quotes));
  const of = `candles of ${rows.map(({ tape }) => fileOf(tape)).join(", ")}`;
  return ok({ of, from, to, everyMs, tracks, isScaled: true, still: moving.filter((key) => !driven.has(key)) });
}

/** Recorded prices of a book's own quotes, as they were; undefined where none of them moved. */
export function historyOfPrices(
  of: string,
  recorded: readonly Price[],
  start: readonly BookEvent[],
): History | undefined {
  const moving = movingQuotes(start);
  const own = Map.groupBy(
    recorded.filter(({ key }) => moving.includes(key)).toSorted((a, b) => a.at - b.at),
    ({ key }) => key,
  );
  const ats = [...own.values()].flat().map(({ at }) => at);
  const [from, to] = [ms(ats.reduce((a, b) => Math.min(a, b), Infinity)), ms(ats.reduce((a, b) => Math.max(a, b), 0))];
  if (ats.length === 0 || to <= from) return undefined;
  const everyMs = gridOf(from, to, 1_000);
  const tracks = [...own].map(([key, prices]) => ({
    quotes: [key],
    bars: gathered(
      prices.map(({ at, price }) => ({ at, open: price, high: price, low: price, close: price })),
      from,
      everyMs,
    ),
  }));
  return { of, from, to, everyMs, tracks, isScaled: false, still: moving.filter((key) => !own.has(key)) };
}

/** A history as moments: what has no bar at one of them stands where it was. */
export function courseOf({ tracks, everyMs }: History, order: Order): readonly CoursePoint[] {
  const paths = tracks.flatMap(({ quotes, bars }) =>
    bars.flatMap((bar) => pathOf(bar, everyMs, order).map(({ at, price }) => ({ at, quotes, price }))),
  );
  const moments = Map.groupBy(
    paths.toSorted((a, b) => a.at - b.at),
    ({ at }) => at,
  );
  const now = new Map(tracks.flatMap(({ quotes, bars }) => quotes.map((quote) => [quote, bars[0]!.open] as const)));
  return [...moments].map(([at, moves]) => {
    for (const { quotes, price } of moves) for (const quote of quotes) now.set(quote, price);
    return { at, prices: new Map(now) };
  });
}

/** The grid of a span: bars of `least`, or of as many of them as keep the count. */
const gridOf = (from: Ms, to: Ms, least: number): Ms =>
  ms(least * Math.max(1, Math.ceil((to - from + 1) / (least * MOST_BARS))));

/** Bars put together on a coarser grid that begins at `from`. */
function gathered(bars: readonly Bar[], from: Ms, everyMs: Ms): readonly Bar[] {
  const groups = Map.groupBy(bars, ({ at }) => from + Math.floor((at - from) / everyMs) * everyMs);
  return [...groups].map(([at, group]) => ({
    at: ms(at),
    open: group[0]!.open,
    high: group.map(({ high }) => high).reduce(larger),
    low: group.map(({ low }) => low).reduce(smaller),
    close: group.at(-1)!.close,
  }));
}

/** Digits that a price has at least when it is moved by a share. */
const LEAST_SCALE = 8;
const movedFrom = (first: Exact, today: Exact) => {
  const scale = Math.max(today.scale, LEAST_SCALE);
  const moved = (price: Exact) => quotient(multiply(today, price), first, scale, "half-even");
  return ({ at, open, high, low, close }: Bar): Bar => ({
    ...{ at, open: moved(open), high: moved(high), low: moved(low), close: moved(close) },
  });
};

const fileOf = ({ record }: Tape): string => record.file.split("/").at(-1)!;
/** The coins' families that a file's name says: "btc" of "binance-perp-BTCUSDT-1h.csv.gz". */
const wordsOf = (file: string): readonly string[] =>
  file.split(/[^A-Za-z0-9]+/).map((word) => familyOf(quoteKey(`file:${word}:mark`)).name);

/** Whether the name of a file says a coin of which a book holds a price that moves. */
export function saysCoinOf(start: readonly BookEvent[], file: string): boolean {
  const words = wordsOf(file);
  return movingQuotes(start).some((key) => words.includes(familyOf(key).name));
}

const drivesNothing = (tape: Tape, moving: readonly QuoteKey[]): Why =>
  why("history/no-quote", {
    where: tape.record.file,
    detail: `${tape.record.file}: its name does not say which price of the book it is`,
    next: `name the file for its coin, as BTCUSDT.csv; the book has ${moving.join(", ")}`,
  });
const drivenTwice = (tape: Tape, family: string): Why =>
  why("history/no-quote", {
    where: tape.record.file,
    detail: `${tape.record.file}: another file is of ${family} already`,
    next: "give one file for each coin",
  });
const noOverlap = (tapes: readonly Tape[]): Why =>
  why("history/no-overlap", {
    detail: `the ${tapes.length} files of candles have no time in common`,
    next: "give files of one time",
  });
