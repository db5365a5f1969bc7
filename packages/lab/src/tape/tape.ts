import type { Exact, Ms } from "@plimsoll/core/units";

/** One candle; `at` is the bar's open, UTC. */
export interface Bar {
  readonly at: Ms;
  readonly open: Exact;
  readonly high: Exact;
  readonly low: Exact;
  readonly close: Exact;
}

/** Bars that are not there: from the first missing open to the next bar that exists. */
export interface Gap {
  readonly from: Ms;
  readonly to: Ms;
  readonly bars: number;
}

/** What was imported and how; without it a replay is not reproducible. */
export interface ImportRecord {
  readonly file: string;
  readonly sha256: string;
  readonly format: "plimsoll" | "binance-klines" | "candle-rows";
  readonly timeUnit: "s" | "ms" | "us" | "ns" | "mixed";
  readonly rows: number;
  readonly first: Ms;
  readonly last: Ms;
  readonly gaps: readonly Gap[];
}

/** Candles of one instrument, ascending, on their interval's grid. */
export interface Tape {
  readonly intervalMs: Ms;
  readonly bars: readonly Bar[];
  readonly record: ImportRecord;
}
