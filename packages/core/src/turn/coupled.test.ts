import type { Guard } from "@plimsoll/core/policy";
import { perpEngine, perpHolding, perpMark, perpTerms, pool } from "@plimsoll/core/protection/testing";
import { dec, holdingId, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type PairWorld, pairHouse } from "./testing/pair-house.ts";
import { toyGuard } from "./testing/toy-guards.ts";

const [long, short] = [holdingId("perp:long"), holdingId("perp:short")];
/** Watches the short leg, and cuts it to what the long one is still worth; the order is bounded to 1 % from the mark. */
const pair: Guard = toyGuard({
  ...{ id: "pair", name: "the pair", scope: { holding: short }, target: { want: "match" } },
  trigger: {
    ...{ when: "coupled", own: perpMark("BTC"), holding: long, other: perpMark("BTC") },
    ...{ least: dec("0.95"), release: dec("0.99") },
  },
  ladder: [{ use: "reduce", instrument: "BTC", slippage: dec("0.01") }],
  bounds: { ...toyGuard().bounds, confirmMs: ms(5_000), coolDownMs: ms(0) },
});
const world: PairWorld = {
  ...{ engine: perpEngine, terms: perpTerms(), price: perpMark("BTC"), account: pool },
  read: (id, size, at) => {
    const positions = size === "0" ? {} : { BTC: { size: dec(size), entry: dec("10000") } };
    return perpHolding({ cash: dec("20000"), orders: [], positions }, at, id);
  },
};
const house = (guards: readonly Guard[]) => pairHouse(world, { [long]: "1", [short]: "-1" }, guards);

// source: what is left of a pair after the venue took a share of its winning leg, worked by hand
test.each([
  ["25 %", "0.25", "0.75", "perp:short buy 0.250 to 10100.0"],
  ["50 %", "0.5", "0.5", "perp:short buy 0.500 to 10100.0"],
  ["100 %", "1", "0", "perp:short buy 1.000 to 10100.0"],
] as const)("%s of one leg is taken: the other is cut to it within a minute, bounded", (_case, part, left, order) => {
  const run = house([pair]);
  expect(run.found).toEqual([]);
  const taken = run.now();
  run.deleverage(long, part, left);
  run.pass(60);
  expect(run.orders()).toEqual([order]);
  expect(run.found[0]!.at - taken).toBeLessThanOrEqual(60_000);
});

test("what is taken after that is matched too, by what is then unpaired", () => {
  const run = house([pair]);
  run.deleverage(long, "0.25", "0.75");
  run.pass(30);
  run.fill(short, "-0.75");
  run.deleverage(long, "0.25", "0.5");
  run.pass(60);
  expect(run.orders().at(-1)).toBe("perp:short buy 0.250 to 10100.0");
  run.fill(short, "-0.5");
  run.pass(60);
  expect(run.found).toHaveLength(2);
});

test("without such a guard, or in shadow, nothing is done", () => {
  for (const guards of [[], [{ ...pair, mode: "shadow" as const }]]) {
    const run = house(guards);
    run.deleverage(long, "0.5", "0.5");
    run.pass(60);
    expect(run.found).toEqual([]);
  }
});
