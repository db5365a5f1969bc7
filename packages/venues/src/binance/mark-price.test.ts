import { type Exact, compare, dec, ms, text, trim } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type BasisSample, basisWindowMs, markPrice, priceOne, priceTwo } from "./mark-price.ts";

const CHANGE = Date.UTC(2025, 8, 18, 8, 1);
const HOUR_MS = 3_600_000;
const shown = (price: Exact) => text(trim(price));

// worked by hand from the formula index * (1 + rate * time left / interval)
// oxfmt-ignore
test.each([
  ["at a settlement all is to come",    "100000",   "0.0001",   8 * HOUR_MS,  8 * HOUR_MS,  "100010"],
  ["half way half of it",               "100000",   "0.0001",   4 * HOUR_MS,  8 * HOUR_MS,  "100005"],
  ["just before the next none",         "100000",   "0.0001",   0,            8 * HOUR_MS,  "100000"],
  ["a negative rate lowers it",         "3000",     "-0.00075", 1 * HOUR_MS,  4 * HOUR_MS,  "2999.4375"],
  ["cut at 8 decimals",                 "1.2345",   "0.0001",   1,            3,            "1.23454115"],
])("price 1: %s", (_case, index, rate, left, every, price) => {
  expect(shown(priceOne(dec(index), dec(rate), left, ms(every)))).toBe(price);
});

const sample = (at: number, bid: string, ask: string, index = "100000"): BasisSample => ({
  at: ms(at),
  bid: dec(bid),
  ask: dec(ask),
  index: dec(index),
});

test("price 2: the average basis of 30 seconds, of a minute before 2025-09-18 08:01", () => {
  const at = CHANGE + HOUR_MS;
  const samples = [
    sample(at - 50_000, "100299", "100301"),
    sample(at - 30_000, "100199", "100201"),
    sample(at - 20_000, "100059", "100061"),
    sample(at, "100019", "100021"),
    sample(at + 1, "90000", "90000"),
  ];
  const price = (moved: number) => {
    const then = samples.map((each) => ({ ...each, at: ms(each.at - moved) }));
    const found = priceTwo(dec("100500"), then, ms(at - moved));
    return found.ok ? shown(found.value) : found.failure.code;
  };
  // (60 + 20) / 2; the sample at the far end of the window is outside. Before: (300 + 200 + 60 + 20) / 4
  expect([price(0), price(2 * HOUR_MS)]).toEqual(["100540", "100645"]);
  expect([basisWindowMs(ms(CHANGE)), basisWindowMs(ms(CHANGE - 1))]).toEqual([30_000, 60_000]);
  expect(priceTwo(dec("100500"), [], ms(at))).toMatchObject({ ok: false, failure: { code: "binance/no-basis" } });
});

test("each sample's basis is against the index of its own moment", () => {
  const at = CHANGE + HOUR_MS;
  const found = priceTwo(dec("200"), [sample(at, "101", "103", "100"), sample(at - 1, "111", "113", "110")], ms(at));
  expect(found.ok && shown(found.value)).toBe("202");
});

test("the mark is the middle one: a contract price that runs away alone does not move it", () => {
  expect(shown(markPrice(dec("100"), dec("101"), dec("90")))).toBe("100");
  expect(shown(markPrice(dec("100"), dec("101"), dec("100.5")))).toBe("100.5");
  const price = fc.integer({ min: 1, max: 1_000_000 }).map((cents) => dec(`${cents}`));
  fc.assert(
    fc.property(price, price, price, (one, two, contract) => {
      const mark = markPrice(one, two, contract);
      const prices = [one, two, contract];
      expect(prices.filter((each) => compare(each, mark) <= 0).length).toBeGreaterThanOrEqual(2);
      expect(prices.filter((each) => compare(each, mark) >= 0).length).toBeGreaterThanOrEqual(2);
    }),
    { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 100) },
  );
});
