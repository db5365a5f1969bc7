import type { MarginForm } from "@plimsoll/core/margin";
import { dec, ms, quoteKey, venueId } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { ASSUMED_MOVES, likelyMove } from "./likely-move.ts";

const keys = ["BTCUSDT", "ETHUSDT"].map((symbol) => quoteKey(`v:${symbol}:mark`));
/** So many coins of each against a debt, nothing else. */
const form = (coins: readonly number[], debt: number): MarginForm => ({
  line: "maintenance",
  unit: "USD",
  quotes: keys,
  factors: keys.map((_, index) => ({ powers: [[index, 1]] })),
  have: { constant: 0, legs: coins.map((slope, factor) => ({ factor, curve: { kind: "line", slope } })) },
  need: { constant: debt, legs: [] },
  pools: [],
  atZero: "safe",
  concave: true,
  error: { absolute: 1e-9, relative: 1e-12 },
  compiledAtMs: 0,
});
const scene = {
  now: ms(0),
  quotes: new Map(keys.map((key) => [key, { value: dec("1000"), kind: "mark" as const, asOf: ms(0) }])),
  terms: { venue: venueId("v"), rules: "1", validFrom: ms(0), hash: "h" as never, source: "test", body: {} },
};

test("with one coin it is that coin's own fall, counted in days", () => {
  const move = likelyMove(form([10, 0], 8_000), scene);
  if (move === undefined || move === "none") throw new Error("no move");
  // 10 coins cover 8,000 down to 800: ln(0.8) over 4 % a day
  expect(move.prices[0]!.to).toBeCloseTo(800, 3);
  expect(move.sigmas).toBeCloseTo(-Math.log(0.8) / ASSUMED_MOVES.daily, 4);
});

test("with two it is less far than with either alone, and the one that moves more gives more", () => {
  const move = likelyMove(form([5, 5], 8_000), scene);
  if (move === undefined || move === "none") throw new Error("no move");
  const [btc, eth] = move.prices.map(({ to }) => to);
  expect(5 * btc! + 5 * eth!).toBeCloseTo(8_000, 3);
  expect(eth!).toBeLessThan(btc!);
  // ETH alone would have to fall to 600
  expect(move.sigmas).toBeLessThan(-Math.log(0.6) / (1.5 * ASSUMED_MOVES.daily));
});

test("no way is none, and a price that is missing says nothing", () => {
  expect(likelyMove(form([10, 0], -1), scene)).toBe("none");
  expect(likelyMove(form([10, 0], 8_000), { ...scene, quotes: new Map() })).toBeUndefined();
});
