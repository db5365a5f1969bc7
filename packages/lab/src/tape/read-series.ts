import { readFileSync } from "node:fs";
import { type Exact, type Ms, type Result, type Why, fail, ok, parseExact, why } from "@plimsoll/core/units";
import { timeOf } from "./time.ts";
import { unpackText } from "./unpack.ts";

/** One value at one moment: a funding rate at its settlement (a fraction of the notional, longs pay a positive one), a price. */
export interface SeriesPoint {
  readonly at: Ms;
  readonly value: Exact;
}

/** The columns that are known, time first. @source our own schema; fundingRate of the Binance archive */
const layouts = [
  { kind: "rate", time: "ts_ms", value: "rate" },
  { kind: "rate", time: "calc_time", value: "last_funding_rate" },
  { kind: "price", time: "ts_ms", value: "price" },
] as const;
type Kind = (typeof layouts)[number]["kind"];

/** A rate of one settlement above this is a unit mistake: percent, or a year's rate. */
const LARGEST_RATE = 0.05;

/** Reads a series of funding rates or of prices, ascending; what is wrong with it is a failure that names file and line. */
export function readSeries(file: string, kind: Kind): Result<readonly SeriesPoint[], Why> {
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
  const [head = [], ...rows] = text.value
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) => line.split(","));
  const layout = layouts.find((each) => each.kind === kind && head.includes(each.time) && head.includes(each.value));
  if (layout === undefined) {
    const detail = `${file}:1 has the columns ${head.join(",")}`;
    return fail(why("tape-invalid", { where: `${file}:1`, detail, next: `write the header ts_ms,${kind}` }));
  }
  return readPoints(rows, { time: head.indexOf(layout.time), value: head.indexOf(layout.value) }, kind, file);
}

function readPoints(
  rows: readonly (readonly string[])[],
  columns: { readonly time: number; readonly value: number },
  kind: Kind,
  file: string,
): Result<readonly SeriesPoint[], Why> {
  const points: SeriesPoint[] = [];
  for (const [index, row] of rows.entries()) {
    const place = `${file}:${index + 2}`;
    const refuse = (detail: string, next: string) =>
      fail(why("tape-invalid", { where: place, detail: `${place} ${detail}`, next }));
    const [timeText = "", valueText = ""] = [row[columns.time], row[columns.value]];
    const time = timeOf(timeText);
    if (time?.unit !== "ms")
      return refuse(`time "${timeText}" is not in Unix milliseconds`, "convert the column to milliseconds, UTC");
    const value = parseExact(valueText);
    if (!value.ok) return refuse(`${kind} "${valueText}" is not a decimal`, "write plain digits");
    if (kind === "price" && value.value.digits <= 0n) return refuse(`price ${valueText} is not above 0`, "correct it");
    if (kind === "rate" && Math.abs(Number(valueText)) > LARGEST_RATE) {
      return refuse(
        `rate ${valueText} of one settlement is more than ${LARGEST_RATE}`,
        "write a fraction of the notional, not percent",
      );
    }
    const before = points.at(-1);
    if (before !== undefined && time.at <= before.at)
      return refuse(`time ${timeText} is not after the row before`, "sort the file by time and remove duplicates");
    points.push({ at: time.at, value: value.value });
  }
  return ok(points);
}
