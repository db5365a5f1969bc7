import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { ImportRecord } from "./tape.ts";

/** Cells as text, before anything is believed. */
export interface Rows {
  readonly format: ImportRecord["format"];
  /** Where time, open, high, low and close stand. */
  readonly columns: readonly [time: number, open: number, high: number, low: number, close: number];
  /** The unit of the header's own word for time; undefined where the file does not say. */
  readonly declared?: "ms";
  /** Line number of the first row. */
  readonly firstLine: number;
  readonly cells: readonly (readonly string[])[];
}

const KLINE_COLUMNS = 12;
const candleOrder = [0, 1, 2, 3, 4] as const;

/**
 * Splits a candle file into cells: our own CSV, klines of the Binance archive with or without header, or rows of arrays as
 * ccxt and freqtrade write them. Numbers stay their source text.
 * @source columns of the archive: its public README; arrays: ccxt fetchOHLCV.
 */
export function readRows(text: string, where: string): Result<Rows, Why> {
  const body = text.replace(/^\uFEFF/, "");
  return body.trimStart().startsWith("[") ? readArrays(body, where) : readCsv(body, where);
}

function readArrays(text: string, where: string): Result<Rows, Why> {
  try {
    // The reviver's source text keeps every digit; the types do not know this parameter yet.
    const exactly = (_key: string, value: unknown, context?: { source?: string }) =>
      typeof value === "number" ? (context?.source ?? String(value)) : value;
    const cells = JSON.parse(text, exactly as (key: string, value: unknown) => unknown) as unknown;
    if (Array.isArray(cells) && cells.every((row) => Array.isArray(row) && row.length >= 5)) {
      return ok({ format: "candle-rows", columns: candleOrder, firstLine: 1, cells: cells as string[][] });
    }
    return fail(
      why("tape-invalid", {
        where,
        detail: `${where} is JSON, but not rows of [time, open, high, low, close]`,
        next: "export OHLCV rows",
      }),
    );
  } catch (error) {
    return fail(
      why("tape-invalid", {
        where,
        detail: `${where} is not JSON: ${(error as Error).message}`,
        next: "export it again",
      }),
    );
  }
}

function readCsv(text: string, where: string): Result<Rows, Why> {
  const cells = text
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) => line.split(","));
  const [head] = cells;
  if (head === undefined)
    return fail(why("tape-invalid", { where, detail: `${where} is empty`, next: "give a file with candles" }));
  if (/^\d/.test(head[0] ?? "")) {
    if (head.length === KLINE_COLUMNS)
      return ok({ format: "binance-klines", columns: candleOrder, firstLine: 1, cells });
    const detail = `${where}:1 has ${head.length} columns and no header`;
    return fail(
      why("tape-invalid", { where: `${where}:1`, detail, next: "write the header ts_ms,open,high,low,close,volume" }),
    );
  }
  const place = (name: string) => head.indexOf(name);
  const own = place("ts_ms") >= 0;
  const columns = [
    place(own ? "ts_ms" : "open_time"),
    ...["open", "high", "low", "close"].map(place),
  ] as unknown as Rows["columns"];
  const missing = [own ? "ts_ms" : "open_time (or ts_ms)", "open", "high", "low", "close"].filter(
    (_name, index) => (columns[index] ?? -1) < 0,
  );
  if (missing.length > 0) {
    const detail = `${where}:1 lacks the column ${missing.join(", ")}; it has ${head.join(",")}`;
    return fail(
      why("tape-invalid", { where: `${where}:1`, detail, next: "write the header ts_ms,open,high,low,close,volume" }),
    );
  }
  return ok({
    format: own ? "plimsoll" : "binance-klines",
    columns,
    ...(own && { declared: "ms" as const }),
    firstLine: 2,
    cells: cells.slice(1),
  });
}
