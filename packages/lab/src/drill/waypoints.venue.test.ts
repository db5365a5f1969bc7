import { existsSync } from "node:fs";
import { join } from "node:path";
import { readTape } from "@plimsoll/lab/tape";
import { ms, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { PriceChannel } from "./drill.ts";
import { readDrillFile } from "./read-drill.ts";
import { shippedDrills } from "./shipped.ts";

const data = process.env["PLIMSOLL_DATA"] ?? "../shared/data";

/** Recorded candles of a drill's price: each step that says it was recorded lies inside its bar. */
// oxfmt-ignore
const tapes = [
  ["2020-03-12-covid", "BTC", "ohlcv/crash/2020-03-covid-binance-perp-BTCUSDT-1h.csv"],
  ["2020-03-12-covid", "ETH", "ohlcv/crash/2020-03-covid-binance-perp-ETHUSDT-1h.csv"],
  ["2020-03-12-covid", "ETH last", "ohlcv/crash/2020-03-covid-binance-perp-ETHUSDT-1h.csv"],
  ["2021-05-19", "BTC", "ohlcv/crash/2021-05-binance-spot-BTCUSDT-1m.csv.gz"],
  ["2021-05-19", "ETH", "ohlcv/crash/2021-05-binance-spot-ETHUSDT-1m.csv.gz"],
  ["2022-11-ftx", "BTC", "ohlcv/hourly/binance-perp-BTCUSDT-1h.csv.gz"],
  ["2022-11-ftx", "SOL", "ohlcv/hourly/binance-perp-SOLUSDT-1h.csv.gz"],
  ["2025-02-03-eth-gap", "ETH last", "ohlcv/hourly/binance-perp-ETHUSDT-1h.csv.gz"],
  ["2025-10-10", "BTC", "ohlcv/crash/2025-10-binance-perp-BTCUSDT-5m.csv.gz"],
  ["2025-10-10", "ETH", "ohlcv/crash/2025-10-binance-perp-ETHUSDT-5m.csv.gz"],
] as const;

/** Waypoints are rounded to the digits they show. */
const halfDigit = (scale: number): number => 0.5 / 10 ** scale;

test.skipIf(!existsSync(join(data, "ohlcv")))("waypoints lie inside the recorded candles (PLIMSOLL_DATA)", () => {
  const outside = tapes.flatMap(([id, of, file]) => {
    const drill = readDrillFile(shippedDrills().find((path) => path.includes(id))!);
    const tape = readTape(join(data, file), { gaps: "report" });
    if (!drill.ok || !tape.ok) throw new Error(`${id} ${file} is unreadable`);
    const channel = drill.value.channels.find(
      (each): each is PriceChannel => each.channel === "price" && each.of === of,
    )!;
    const { bars, intervalMs } = tape.value;
    return channel.steps
      .filter(({ source }) => source !== "assumed")
      .flatMap(({ at, to }) => {
        const near = bars.filter((bar) => bar.at <= at && at <= ms(bar.at + intervalMs));
        const [low, high] = [
          Math.min(...near.map((bar) => toNumber(bar.low))),
          Math.max(...near.map((bar) => toNumber(bar.high))),
        ];
        const value = toNumber(to);
        const inside = value >= low - halfDigit(to.scale) && value <= high + halfDigit(to.scale);
        return inside ? [] : [`${id} ${of} ${new Date(at).toISOString()}: ${value} is outside ${low} to ${high}`];
      });
  });
  expect(outside).toEqual([]);
});
