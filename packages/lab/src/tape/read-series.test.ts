import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "@plimsoll/core/units";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSeries } from "./read-series.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-series-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string): string => {
  const path = join(folder, "series");
  writeFileSync(path, content);
  return path;
};

test("funding of our own schema and of the archive, and prices at irregular times", () => {
  const own = readSeries(file("ts_ms,rate\n1700000000000,-0.00030000\n1700028800000,0.0001\n"), "rate");
  const archive = readSeries(
    file("calc_time,funding_interval_hours,last_funding_rate\n1700000000000,8,-0.00030000\n1700028800000,8,0.0001\n"),
    "rate",
  );
  expect(own.ok && own.value.map(({ at, value }) => [at, text(value)])).toEqual([
    [1700000000000, "-0.00030000"],
    [1700028800000, "0.0001"],
  ]);
  expect(archive).toEqual(own);
  const prices = readSeries(file("ts_ms,price\n1700000000000,0.9934\n1700003333333,0.5\n"), "price");
  expect(prices.ok && prices.value.length).toBe(2);
});

// oxfmt-ignore
test.each([
  ["percent instead of a fraction", "ts_ms,rate\n1700000000000,0.1\n",                            "rate", "series:2 rate 0.1 of one settlement is more than 0.05"],
  ["seconds",                       "ts_ms,rate\n1700000000,0.0001\n",                            "rate", 'series:2 time "1700000000" is not in Unix milliseconds'],
  ["unsorted rows",                 "ts_ms,rate\n1700000000000,0.0001\n1600000000000,0.0001\n",   "rate", "series:3 time 1600000000000 is not after the row before"],
  ["an exponent",                   "ts_ms,rate\n1700000000000,1e-4\n",                           "rate", 'series:2 rate "1e-4" is not a decimal'],
  ["no price",                      "ts_ms,price\n1700000000000,0\n",                             "price", "series:2 price 0 is not above 0"],
  ["prices where rates are asked",  "ts_ms,price\n1700000000000,1\n",                             "rate", "series:1 has the columns ts_ms,price"],
] as const)("%s is refused with its place", (_case, content, kind, detail) => {
  const read = readSeries(file(content), kind);
  expect(!read.ok && read.failure.facts["detail"]?.replace(`${folder}/`, "")).toBe(detail);
});

const data = process.env["PLIMSOLL_DATA"] ?? "../shared/data";
test.skipIf(!existsSync(data))(
  `every recorded funding file is read, with the extremes its README states (PLIMSOLL_DATA, here ${data})`,
  () => {
    const rows = readdirSync(join(data, "funding")).map((name) => {
      const read = readSeries(join(data, "funding", name), "rate");
      return [name, read.ok ? read.value.length : read.failure.facts["detail"]] as const;
    });
    // source: the row counts of the data's own README, section 4
    expect(new Map(rows)).toEqual(
      new Map([
        ["binance-BTCUSDT-8h.csv", 6_393],
        ["binance-ETHUSDT-8h.csv", 5_298],
        ["binance-SOLUSDT-8h.csv", 1_914],
        ["bybit-BTC-8h.csv", 3_285],
        ["bybit-ETH-8h.csv", 3_285],
        ["dydx-BTC-1h.csv.gz", 17_520],
        ["dydx-ETH-1h.csv.gz", 17_520],
        ["gate-BTC-8h.csv", 4_290],
        ["gate-ETH-8h.csv", 4_290],
      ]),
    );
  },
);
