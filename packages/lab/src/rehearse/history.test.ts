import { createHash } from "node:crypto";
import type { BookEvent } from "@plimsoll/core/book";
import type { Bar, Tape } from "@plimsoll/lab/tape";
import type { Guard } from "@plimsoll/core/policy";
import { dec, exact, holdingId, ms, quoteKey, text } from "@plimsoll/core/units";
import { binance } from "@plimsoll/venues/binance";
import { engineOf } from "@plimsoll/venues";
import { expect, test } from "vitest";
import { type History, courseOf, historyOfPrices, historyOfTapes } from "./history.ts";
import { relive } from "./relive.ts";

const ports = { engineOf, sha256: (bytes: Uint8Array) => createHash("sha256").update(bytes).digest() };
const MINUTE = 60_000;
const FROM = Date.UTC(2025, 9, 10);
const MARK = quoteKey("binance:BTCUSDT:mark");
const ETH = quoteKey("binance:ETHUSDT:mark");

/** 20,000 USDT, long 1.6 BTC at 100,000: taken a little under 88,000. */
const read = binance.readWritten(
  {
    ...{ venue: "binance", name: "desk", wallet: { USDT: "20000" } },
    positions: [{ symbol: "BTCUSDT", side: "long", size: "1.6", entry: "100000", leverage: "10" }],
    marks: { BTCUSDT: { price: "100000", unit: "USDT" }, ETHUSDT: { price: "4000", unit: "USDT" } },
  },
  holdingId("desk"),
  ms(Date.UTC(2026, 10, 22)),
);
if (!read.ok) throw new Error(JSON.stringify(read.failure));
const book: readonly BookEvent[] = read.value;

/** Bars by open, high, low, close; one a minute. */
function tapeOf(file: string, rows: readonly (readonly [number, number, number, number])[], from = FROM): Tape {
  const bars = rows.map(([open, high, low, close], index): Bar => ({
    at: ms(from + index * MINUTE),
    ...{ open: exact(BigInt(open)), high: exact(BigInt(high)), low: exact(BigInt(low)), close: exact(BigInt(close)) },
  }));
  const record = { file, sha256: "", format: "plimsoll", timeUnit: "ms", rows: bars.length, gaps: [] } as const;
  return {
    intervalMs: ms(MINUTE),
    bars,
    record: { ...record, first: bars[0]!.at, last: bars.at(-1)!.at },
  };
}
const historyOf = (...tapes: readonly Tape[]): History => {
  const made = historyOfTapes(tapes, book);
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  return made.value;
};
const pricesOf = (history: History, key = MARK) =>
  courseOf(history, "low-first").map(({ prices }) => Number(text(prices.get(key)!)));

test("candles are moves from today's price: 8,000 falling to 6,000 takes 100,000 to 75,000", () => {
  const history = historyOf(
    tapeOf("x/2020-BTCUSDT-1m.csv", [
      [8_000, 8_400, 6_000, 7_000],
      [7_000, 7_000, 7_000, 8_000],
    ]),
  );
  expect(pricesOf(history)).toEqual([100_000, 75_000, 105_000, 87_500, 87_500, 87_500, 87_500, 100_000]);
  expect(history).toMatchObject({
    of: "candles of 2020-BTCUSDT-1m.csv",
    from: FROM,
    to: FROM + 2 * MINUTE,
    still: [ETH],
  });
});

test("each file drives the coin that its name says; what only one of them covers is left out", () => {
  const four = [100, 100, 100, 100] as const;
  const half = [50, 50, 50, 50] as const;
  const btc = tapeOf("perp-BTCUSDT-1m.csv", [four, half, half]);
  const eth = tapeOf("perp-ETHUSDT-1m.csv", [four, half, four], FROM + MINUTE);
  const history = historyOf(btc, eth);
  expect([history.from, history.to, history.still]).toEqual([FROM + MINUTE, FROM + 3 * MINUTE, []]);
  expect([pricesOf(history)[0], pricesOf(history).at(-1)]).toEqual([100_000, 100_000]);
  expect([pricesOf(history, ETH)[0], pricesOf(history, ETH).at(-1)]).toEqual([4_000, 2_000]);
});

test("a long tape keeps every high and low on its coarser bars", () => {
  const rows = Array.from(
    { length: 5_000 },
    (_, at) => [100, at === 777 ? 130 : 100, at === 4_321 ? 70 : 100, 100] as const,
  );
  const prices = pricesOf(historyOf(tapeOf("BTCUSDT.csv", rows)));
  expect(prices.length).toBeLessThanOrEqual(2_000);
  expect([Math.max(...prices), Math.min(...prices)]).toEqual([130_000, 70_000]);
});

// oxfmt-ignore
test.each([
  ["a file whose name says no coin of the book", [tapeOf("history.csv", [[1, 1, 1, 1]])],                                             "its name does not say"],
  ["two files of one coin",                      [tapeOf("a-BTCUSDT.csv", [[1, 1, 1, 1]]), tapeOf("b-BTCUSDT.csv", [[1, 1, 1, 1]])],  "another file is of btc"],
  ["files without a time in common",             [tapeOf("BTCUSDT.csv", [[1, 1, 1, 1]]), tapeOf("ETHUSDT.csv", [[1, 1, 1, 1]], 0)],   "no time in common"],
])("%s is refused", (_case, tapes, detail) => {
  expect(historyOfTapes(tapes, book)).toMatchObject({ ok: false, failure: { facts: { detail: expect.stringContaining(detail) } } });
});

test("recorded prices are taken as they were; a book none of whose prices moved has no history", () => {
  const price = (at: number, value: number): Extract<BookEvent, { type: "price" }> => ({
    ...{ type: "price", key: MARK, kind: "mark", price: exact(BigInt(value)), at: ms(FROM + at * 1_000) },
  });
  const recorded = [price(0, 101_000), price(1, 90_000), price(3, 95_000)];
  const history = historyOfPrices("what serve recorded", recorded, book)!;
  expect(new Set(pricesOf(history))).toEqual(new Set([101_000, 90_000, 95_000]));
  expect([history.from, history.to, history.isScaled]).toEqual([FROM, FROM + 3_000, false]);
  expect(historyOfPrices("", recorded.slice(0, 1), book)).toBeUndefined();
  expect(historyOfPrices("", [{ ...price(0, 1), key: quoteKey("okx:BTC-USDT-SWAP:mark") }], book)).toBeUndefined();
});

const guard: Guard = {
  ...{ id: "reduce", name: "reduce", scope: { holding: holdingId("desk") }, mode: "shadow" },
  trigger: { when: "health", line: "maintenance", below: dec("20"), release: dec("24"), urgent: dec("2") },
  target: { want: "reduce", share: dec("1") },
  ladder: [{ use: "reduce", instrument: "BTCUSDT", slippage: dec("0.005") }],
  bounds: { confirmMs: ms(5_000), coolDownMs: ms(0), maxAgeMs: ms(30_000), perDay: 20 },
};

test("what a guard would have done: without it the desk is taken, armed it sells before, though it is in shadow", () => {
  // a fall of 6 %, then of 20 %: 10,400 over 602 is 17.3, then nothing is left
  const fall = historyOf(
    tapeOf("BTCUSDT.csv", [
      [100, 100, 94, 94],
      [94, 94, 80, 80],
    ]),
  );
  const { without, withGuards } = relive([guard], book, [], fall, ports);
  expect([without.survived, without.actions, withGuards.survived]).toEqual([false, [], true]);
  expect(withGuards.actions.map(({ intent, refused }) => [intent.step.action.do, refused])).toEqual([
    ["order", undefined],
  ]);
  expect(withGuards.actions[0]!.at).toBeLessThan(FROM + 2 * MINUTE);
  const calm = historyOf(tapeOf("BTCUSDT.csv", [[100, 101, 99, 100]]));
  expect(relive([guard], book, [], calm, ports).withGuards).toMatchObject({ survived: true, actions: [] });
});
