import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { text } from "@plimsoll/core/units";
import { zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTape } from "./read-tape.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-tape-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (content: string | Uint8Array): string => {
  const path = join(folder, "candles");
  writeFileSync(path, content);
  return path;
};
const detailOf = (content: string | Uint8Array): string => {
  const read = readTape(file(content));
  return read.ok ? "no failure" : (read.failure.facts["detail"] ?? read.failure.code).replace(`${folder}/`, "");
};

const head = "ts_ms,open,high,low,close,volume\n";
const kline = (time: string) => `${time},100.10,101,99,100.5,1,${time},1,1,1,1,0`;
const own = `${head}1700000000000,100.10,101,99,100.5,1\n1700000060000,100.5,102,100,101,1\n1700000120000,101,103,100,102,1\n`;

// oxfmt-ignore
test.each([
  ["our own schema",                    own,                                                                        "plimsoll",       "ms"],
  ["the same in gzip",                  gzipSync(own),                                                              "plimsoll",       "ms"],
  ["archive klines without header",     [kline("1700000000000"), kline("1700000060000")].join("\n"),                "binance-klines", "ms"],
  ["archive klines in microseconds",    [kline("1735689600000000"), kline("1735689660000000")].join("\n"),          "binance-klines", "us"],
  ["archive klines with a header, zip", zipSync({ "a.csv": new TextEncoder().encode(["open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore", kline("1700000000000"), kline("1700000060000")].join("\n")) }), "binance-klines", "ms"],
  ["ccxt and freqtrade rows",           "[[1700000000000,100.10,101,99,100.5,1],[1700000060000,100.5,102,100,101,1]]", "candle-rows",  "ms"],
])("%s are read, every digit kept", (_case, content, format, timeUnit) => {
  const read = readTape(file(content));
  if (!read.ok) throw new Error(read.failure.facts["detail"]);
  expect(read.value.record).toMatchObject({ format, timeUnit, gaps: [] });
  expect(read.value.intervalMs).toBe(60_000);
  expect(text(read.value.bars[0]!.open)).toBe("100.10");
});

// oxfmt-ignore
test.each([
  ["microseconds under ts_ms", own.replaceAll("0000,1", "0000000,1"),        "candles:2 ts_ms 1700000000000000 is not in milliseconds (by its size it is in us)"],
  ["wrong columns",            "time,o,h,l,c\n1,2,3,4,5\n",                   "candles:1 lacks the column open_time (or ts_ms), open, high, low, close; it has time,o,h,l,c"],
  ["columns in another order", own.replace("open,high,low", "open,low,high"), "candles:2 open and close are not between low and high (100.10, 99, 101, 100.5)"],
  ["no header",                "1700000000000,1,1,1,1\n",                     "candles:1 has 5 columns and no header"],
  ["unsorted rows",            own.replace("1700000060000", "1700000180000"), "candles:4 time 1700000120000 is not after the row before"],
  ["a double row",             own.replace("1700000060000", "1700000000000"), "candles:3 time 1700000000000 is not after the row before"],
  ["a gap",                    `${own}1700000300000,101,103,100,102,1\n`,     "candles has 1 gaps, 2 bars in all; the first from 2023-11-14T22:16:20.000Z to 2023-11-14T22:18:20.000Z"],
  ["a row off the grid",       `${own}1700000150000,101,103,100,102,1\n`,     "candles:5 is off the grid: 30000 ms after the row before, the interval is 60000 ms"],
  ["a negative price",         own.replace("99,", "-99,"),                    'candles:2 low "-99" is not a positive decimal'],
  ["an exponent",              own.replace("100.10", "1.0010e2"),             'candles:2 open "1.0010e2" is not a positive decimal'],
  ["nothing",                  "",                                            "candles is empty"],
  ["one bar",                  `${head}1700000000000,1,1,1,1,1\n`,            "candles has 1 candles"],
  ["a Parquet file",           new TextEncoder().encode("PAR1xxxx"),          "candles is a Parquet file"],
  ["cut gzip",                 gzipSync(own).subarray(0, 40),                 "candles is damaged: unexpected end of file"],
])("%s is refused with its place", (_case, content, detail) => {
  expect(detailOf(content)).toBe(detail);
});

test("gaps are reported, never filled, when they are allowed", () => {
  const read = readTape(file(`${own}1700000300000,101,103,100,102,1\n`), { gaps: "report" });
  expect(read.ok && read.value.record.gaps).toEqual([{ from: 1700000180000, to: 1700000300000, bars: 2 }]);
  expect(read.ok && read.value.bars.length).toBe(4);
});

const data = process.env["PLIMSOLL_DATA"] ?? "../shared/data";
test.skipIf(!existsSync(data))(
  `every recorded crash is read with the gaps its README states (PLIMSOLL_DATA, here ${data})`,
  () => {
    const crashes = join(data, "ohlcv/crash");
    const gaps = new Map(
      readdirSync(crashes).map((name) => {
        const read = readTape(join(crashes, name), { gaps: "report" });
        return [
          name,
          read.ok ? read.value.record.gaps.reduce((sum, gap) => sum + gap.bars, 0) : read.failure.facts["detail"],
        ];
      }),
    );
    const stated = new Map([
      ["2020-03-covid-binance-spot-BTCUSDT-1h.csv", 1],
      ["2020-03-covid-binance-spot-ETHUSDT-1h.csv", 1],
      ["2021-05-binance-spot-BTCUSDT-1m.csv.gz", 284],
      ["2021-05-binance-spot-ETHUSDT-1m.csv.gz", 284],
      ["2022-05-terra-binance-spot-LUNAUSDT-1h.csv", 437],
    ]);
    expect(gaps).toEqual(new Map([...gaps.keys()].map((name) => [name, stated.get(name) ?? 0])));
  },
);
