import { expect, test } from "vitest";
import { generateCrash } from "./crash.ts";
import { fixed } from "./fixed.ts";

const symbols = [
  { symbol: "BTCUSDT", start: fixed("100000"), beta: fixed("1") },
  { symbol: "ETHUSDT", start: fixed("4000"), beta: fixed("1.3") },
];
const crash = (seed: bigint, drop = fixed("0.2")) => generateCrash({ seed, from: 0, symbols, drop });
const lowest = ({ candles }: ReturnType<typeof crash>) =>
  candles.get("BTCUSDT")?.reduce((low, candle) => (candle.low < low ? candle.low : low), fixed("100000")) ?? 0n;

test("the same seed gives the same crash, another seed another", () => {
  const once = crash(1n);
  expect(crash(1n)).toEqual(once);
  expect(crash(2n).ticks).not.toEqual(once.ticks);
});

test("it falls about as far as asked, the higher beta further, and regains part of it", () => {
  for (let seed = 1n; seed <= 5n; seed += 1n) {
    const fallen = crash(seed);
    const bottom = Number(lowest(fallen));
    expect(bottom / 1e13).toBeGreaterThan(0.7);
    expect(bottom / 1e13).toBeLessThan(0.84);
    const { ticks } = fallen;
    const low = (symbol: string, start: number) =>
      Math.min(...ticks.filter((tick) => tick.symbol === symbol).map(({ index }) => Number(index) / 1e8 / start));
    expect(low("ETHUSDT", 4000)).toBeLessThan(low("BTCUSDT", 100_000));
    expect(Number(ticks.findLast(({ symbol }) => symbol === "BTCUSDT")?.index)).toBeGreaterThan(bottom);
  }
  expect(lowest(crash(1n, fixed("0.4")))).toBeLessThan(lowest(crash(1n, fixed("0.2"))));
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
