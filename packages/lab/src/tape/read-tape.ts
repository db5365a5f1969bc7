import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  compare,
  fail,
  larger,
  ms,
  ok,
  parseExact,
  smaller,
  why,
} from "@plimsoll/core/units";
import { type Rows, readRows } from "./rows.ts";
import type { Bar, Gap, ImportRecord, Tape } from "./tape.ts";
import { type TimeUnit, timeOf } from "./time.ts";
import { unpackText } from "./unpack.ts";

export interface TapeOptions {
  /** Refuse (default), or report gaps in the record; nothing is ever filled in. */
  readonly gaps?: "refuse" | "report";
}

/** Reads candles from a file; what is wrong with it is a failure that names file and line, never a repair. */
export function readTape(file: string, options: TapeOptions = {}): Result<Tape, Why> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return fail(
      why("file-unreadable", { where: file, detail: `${file}: ${(error as Error).message}`, next: "check the path" }),
    );
  }
  const text = unpackText(bytes, file);
  if (!text.ok) return text;
  const rows = readRows(text.value, file);
  if (!rows.ok) return rows;
  const bars = readBars(rows.value, file);
  if (!bars.ok) return bars;
  return tapeOf(bars.value, rows.value, file, createHash("sha256").update(bytes).digest("hex"), options);
}

interface Read {
  readonly bars: readonly Bar[];
  readonly unit: ImportRecord["timeUnit"];
}

function readBars({ cells, columns, declared, firstLine }: Rows, where: string): Result<Read, Why> {
  const bars: Bar[] = [];
  const seen = new Set<TimeUnit>();
  for (const [index, row] of cells.entries()) {
    const place = `${where}:${firstLine + index}`;
    const refuse = (detail: string, next: string) =>
      fail(why("tape-invalid", { where: place, detail: `${place} ${detail}`, next }));
    const [timeText = "", ...priceTexts] = columns.map((column) => row[column] ?? "");
    const time = timeOf(timeText);
    if (time === undefined)
      return refuse(`time "${timeText}" is not a Unix timestamp`, "write the bar's open as Unix milliseconds, UTC");
    if (declared !== undefined && time.unit !== declared) {
      return refuse(
        `ts_ms ${timeText} is not in milliseconds (by its size it is in ${time.unit})`,
        "convert the column to milliseconds",
      );
    }
    seen.add(time.unit);
    const prices: Exact[] = [];
    for (const [which, text] of priceTexts.entries()) {
      const price = parseExact(text);
      if (!price.ok || price.value.digits <= 0n)
        return refuse(`${names[which]} "${text}" is not a positive decimal`, "write plain digits");
      prices.push(price.value);
    }
    const [open, high, low, close] = prices as [Exact, Exact, Exact, Exact];
    if (compare(low, smaller(open, close)) > 0 || compare(high, larger(open, close)) < 0) {
      return refuse(
        `open and close are not between low and high (${priceTexts.join(", ")})`,
        "check the order of the columns",
      );
    }
    const before = bars.at(-1);
    if (before !== undefined && time.at <= before.at) {
      return refuse(`time ${timeText} is not after the row before`, "sort the file by time and remove duplicates");
    }
    bars.push({ at: time.at, open, high, low, close });
  }
  return ok({ bars, unit: seen.size > 1 ? "mixed" : ([...seen][0] ?? "ms") });
}
const names = ["open", "high", "low", "close"];

function tapeOf(
  { bars, unit }: Read,
  rows: Rows,
  where: string,
  sha256: string,
  options: TapeOptions,
): Result<Tape, Why> {
  const [first, second] = bars;
  const last = bars.at(-1);
  if (first === undefined || second === undefined || last === undefined) {
    return fail(
      why("tape-invalid", {
        where,
        detail: `${where} has ${bars.length} candles`,
        next: "a replay needs at least two",
      }),
    );
  }
  const intervalMs = ms(commonStep(bars));
  const gaps: Gap[] = [];
  for (const [index, bar] of bars.entries()) {
    const before = bars[index - 1];
    if (before === undefined || bar.at - before.at === intervalMs) continue;
    const place = `${where}:${rows.firstLine + index}`;
    if ((bar.at - before.at) % intervalMs !== 0) {
      const detail = `${place} is off the grid: ${bar.at - before.at} ms after the row before, the interval is ${intervalMs} ms`;
      return fail(
        why("tape-invalid", { where: place, detail, next: "cut the file before this row, or correct its time" }),
      );
    }
    gaps.push({ from: ms(before.at + intervalMs), to: bar.at, bars: (bar.at - before.at) / intervalMs - 1 });
  }
  const [gap] = gaps;
  if (gap !== undefined && options.gaps !== "report") {
    const missing = gaps.reduce((sum, { bars: count }) => sum + count, 0);
    const detail = `${where} has ${gaps.length} gaps, ${missing} bars in all; the first from ${iso(gap.from)} to ${iso(gap.to)}`;
    return fail(
      why("tape-gaps", { where, detail, next: "use a whole stretch, or allow gaps: nothing is decided inside one" }),
    );
  }
  const { format } = rows;
  return ok({
    intervalMs,
    bars,
    record: { file: where, sha256, format, timeUnit: unit, rows: bars.length, first: first.at, last: last.at, gaps },
  });
}

/** The most frequent distance of neighbours. */
function commonStep(bars: readonly Bar[]): number {
  const counts = new Map<number, number>();
  for (const [index, bar] of bars.entries()) {
    const before = bars[index - 1];
    if (before !== undefined) counts.set(bar.at - before.at, (counts.get(bar.at - before.at) ?? 0) + 1);
  }
  return [...counts].toSorted(([a, many], [b, more]) => more - many || a - b)[0]?.[0] ?? 0;
}

const iso = (at: Ms): string => new Date(at).toISOString();
