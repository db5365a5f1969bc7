import { DAY_MS, dec, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { PerpHolding } from "@plimsoll/core/protection/testing";
import { guardWith, house, me } from "./testing/perp-house.ts";

const MINUTE = 60_000;
/** Two losses within a day lock out for an hour. */
const strikes = guardWith({
  ...{ id: "strikes", stops: [], ladder: [], target: { want: "notice" } },
  trigger: { when: "streak", losses: 2, withinMs: ms(DAY_MS), lockMs: ms(60 * MINUTE) },
});
/** So much of a bitcoin, long or short, from 10,000; rich enough that nothing is near its line. */
const holds = (size: string): PerpHolding => ({
  ...{ cash: dec("50000"), orders: [] },
  positions: size === "0" ? {} : { BTC: { size: dec(size), entry: dec("10000") } },
});

/** Sizes read one after the other, each at its mark, two minutes apart where nothing is said; whether the second loss was counted. */
function locksOut(...readings: readonly (readonly [size: string, mark: string, afterMs?: number])[]): boolean {
  const { turn, reads } = house([strikes]);
  let at = 0;
  for (const [size, mark, afterMs = 2 * MINUTE] of readings) reads((at += afterMs), holds(size), mark);
  return turn.view().watching!.find(({ guard }) => guard === "strikes")!.reading.is === "met";
}

// oxfmt-ignore
test.each([
  ["two reductions of a long under its entry",           true,  [["1", "10000"], ["0.8", "9999"], ["0.6", "9500"]]],
  ["two of a short above its entry",                     true,  [["-1", "10000"], ["-0.8", "10001"], ["0", "10500"]]],
  ["a short that is turned to a long at a loss, twice",  true,  [["-1", "10000"], ["1", "10100"], ["-1", "9900"]]],
  ["one of them at a gain",                              false, [["1", "10000"], ["0.8", "9999"], ["0.6", "10001"]]],
  ["one of them at the entry itself",                    false, [["1", "10000"], ["0.8", "9999"], ["0.6", "10000"]]],
  ["what is added under its entry",                      false, [["1", "10000"], ["1.2", "9000"], ["1.4", "8900"]]],
  ["one that fills in parts within a minute",            false, [["1", "10000"], ["0.8", "9900"], ["0.6", "9900", MINUTE - 1], ["0.4", "9900", MINUTE - 1]]],
  ["parts that are a minute apart",                      true,  [["1", "10000"], ["0.8", "9900"], ["0.6", "9900", MINUTE]]],
  ["one the day before",                                 false, [["1", "10000"], ["0.8", "9900"], ["0.6", "9900", DAY_MS]]],
] as const)("%s: locked out %s", (_case, isLocked, readings) => {
  expect(locksOut(...readings)).toBe(isLocked);
});

test("a liquidation that is reported and then shows in a reading is one loss", () => {
  const { turn, reads, feed } = house([strikes]);
  reads(MINUTE, holds("1"), "10000");
  const was = { was: "liquidation", body: { instrument: "BTC", size: dec("-0.4") } } as const;
  feed(3 * MINUTE, {
    type: "effect",
    holding: me,
    effect: was,
    taken: [],
    fee: [],
    text: "liquidated",
    at: ms(3 * MINUTE),
  });
  reads(5 * MINUTE, holds("0.6"), "9000");
  const reading = () => turn.view().watching!.find(({ guard }) => guard === "strikes")!.reading;
  expect(reading().is).toBe("released");
  reads(8 * MINUTE, holds("0.5"), "9000");
  expect(reading()).toMatchObject({ is: "met", because: expect.stringContaining("2 losses within 24 h") });
});
