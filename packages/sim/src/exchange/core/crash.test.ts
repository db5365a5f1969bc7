import { expect, test } from "vitest";
import { generateCrash } from "./crash.ts";
import { fixed } from "./fixed.ts";

const symbols = [
  { symbol: "BTCUSDT", start: fixed("100000"), beta: fixed("1") },
  { symbol: "ETHUSDT", start: fixed("4000"), beta: fixed("1.3") },
];
const crash = (seed: bigint, drop = fixed("0.2")) => generateCrash({ seed, from: 0, symbols, drop });
const lowest = (seed: bigint, drop?: bigint) =>
  crash(seed, drop)
    .candles.get("BTCUSDT")
    ?.reduce((low, candle) => (candle.low < low ? candle.low : low), fixed("100000")) ?? 0n;

test("the same seed gives the same crash, another seed another", () => {
  expect(crash(1n)).toEqual(crash(1n));
  expect(crash(1n).ticks).not.toEqual(crash(2n).ticks);
});

test("it falls about as far as asked, the higher beta further, and regains part of it", () => {
  for (let seed = 1n; seed <= 5n; seed += 1n) {
    expect(Number(lowest(seed)) / 1e13).toBeGreaterThan(0.7);
    expect(Number(lowest(seed)) / 1e13).toBeLessThan(0.84);
    const { ticks } = crash(seed);
    const low = (symbol: string, start: number) =>
      Math.min(...ticks.filter((tick) => tick.symbol === symbol).map(({ index }) => Number(index) / 1e8 / start));
    expect(low("ETHUSDT", 4000)).toBeLessThan(low("BTCUSDT", 100_000));
    expect(Number(ticks.findLast(({ symbol }) => symbol === "BTCUSDT")?.index)).toBeGreaterThan(Number(lowest(seed)));
  }
  expect(lowest(1n, fixed("0.4"))).toBeLessThan(lowest(1n, fixed("0.2")));
});

test("the perpetual trades below index in the panic, and candles hold their ticks", () => {
  const { ticks, candles } = crash(3n);
  expect(ticks.some(({ index, mid }) => mid < index)).toBe(true);
  for (const candle of candles.get("BTCUSDT") ?? []) {
    expect(
      candle.low <= candle.open &&
        candle.low <= candle.close &&
        candle.high >= candle.open &&
        candle.high >= candle.close,
    ).toBe(true);
  }
});
