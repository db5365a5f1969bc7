import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { BookEvent } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { BOOK_STREAM, type Written, openJournal, readJournal } from "@plimsoll/keeper";
import { type History, historyOfPrices, historyOfTapes, readTape, saysCoinOf } from "@plimsoll/lab";

/** Entries that are read back, the newest: with a price a second about two days. */
const MOST_ENTRIES = 200_000n;

/** The prices that a keeper of this book recorded; undefined where it recorded none that moved, or never ran. */
export async function recordedHistory(
  where: string,
  start: readonly BookEvent[],
): Promise<Result<History | undefined, Why>> {
  const reader = await openJournal(where);
  if (!reader.ok) return reader.failure.code === "store/no-journal" ? ok(undefined) : reader;
  try {
    const { value: journal } = reader;
    const { seq } = await journal.head(BOOK_STREAM);
    const first = seq > MOST_ENTRIES ? seq - MOST_ENTRIES : 1n;
    const newest = { streams: async () => [BOOK_STREAM], read: () => journal.read(BOOK_STREAM, first) };
    const prices: Extract<BookEvent, { readonly type: "price" }>[] = [];
    for await (const { record } of readJournal(newest)) {
      const event = eventOf(record);
      if (event?.type === "price") prices.push(event);
    }
    return ok(historyOfPrices("what serve recorded", prices, start));
  } finally {
    await reader.value.close();
  }
}

const eventOf = (record: Written["record"]) => (record.kind === "input" ? record.input.event : undefined);

/** Candles of a file, or of the files of a folder whose names say a coin of the book. */
export function candleHistory(path: string, start: readonly BookEvent[]): Result<History, Why> {
  const files = filesAt(path);
  if (!files.ok) return files;
  const mine = files.value.length === 1 ? files.value : files.value.filter((file) => saysCoinOf(start, basename(file)));
  if (mine.length === 0) return fail(noCandles(path));
  const tapes = [];
  for (const file of mine) {
    const tape = readTape(file, { gaps: "report" });
    if (!tape.ok) return tape;
    tapes.push(tape.value);
  }
  return historyOfTapes(tapes, start);
}

function filesAt(path: string): Result<readonly string[], Why> {
  try {
    return ok(statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path]);
  } catch (error) {
    return fail(why("file-unreadable", { where: path, detail: (error as Error).message, next: "check the path" }));
  }
}

const noCandles = (path: string): Why =>
  why("history/no-quote", {
    where: path,
    detail: `${path} holds no file whose name says a coin of the book`,
    next: "name each file for its coin, as BTCUSDT.csv",
  });
