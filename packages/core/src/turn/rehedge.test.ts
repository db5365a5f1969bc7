import { type Guard, type Remedy, validateGuard } from "@plimsoll/core/policy";
import { boundDesk, deskAccount, deskHolding, deskPrice, deskScene } from "@plimsoll/core/planner/testing";
import { dec, holdingId, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type PairWorld, pairHouse } from "./testing/pair-house.ts";
import { toyGuard } from "./testing/toy-guards.ts";

const [long, short, third] = [holdingId("desk:long"), holdingId("desk:short"), holdingId("desk:third")];
const price = deskPrice("BTC");
const world: PairWorld = {
  ...{ engine: boundDesk, price, account: deskAccount },
  terms: deskScene({}, { lots: { BTC: dec("0.01") } }).terms as PairWorld["terms"],
  read: (id, size, at) => {
    const positions = size === "0" ? {} : { BTC: { size: dec(size), entry: dec("10000") } };
    const body = { cash: dec("20000"), wallet: {}, posted: {}, positions };
    return { ...deskHolding(body, id), asOf: ms(at) };
  },
};
const hedge = (holding: Guard["scope"]["holding"], most = "5"): Remedy => ({
  ...{ use: "hedge", holding, instrument: "BTC", slippage: dec("0.01"), most: dec(most) },
});
/** Watches the short leg; what the long one lost is opened again, there or at a third venue. */
const pair = (ladder: readonly Remedy[], over: Partial<Guard> = {}): Guard =>
  toyGuard({
    ...{ id: "pair", name: "the pair", scope: { holding: short }, target: { want: "match" }, ladder },
    trigger: {
      ...{ when: "coupled", own: price, holding: long, other: price, also: [{ holding: third, quote: price }] },
      ...{ least: dec("0.95"), release: dec("0.99") },
    },
    bounds: { ...toyGuard().bounds, confirmMs: ms(5_000), coolDownMs: ms(0) },
    ...over,
  });
const house = (guards: readonly Guard[], there = "0") =>
  pairHouse(world, { [long]: "1", [short]: "-1", [third]: there }, guards);

// source: what a venue took of the long leg of one bitcoin, worked by hand
test.each([
  ["25 %, again at its venue", "0.25", "0.75", [hedge(long)], "desk:long buy 0.25 to 10100.00 for desk:short/desk"],
  ["50 %, at a third venue", "0.5", "0.5", [hedge(third)], "desk:third buy 0.50 to 10100.00 for desk:short/desk"],
  ["100 %, at its venue", "1", "0", [hedge(long)], "desk:long buy 1.00 to 10100.00 for desk:short/desk"],
] as const)("%s: what was lost is opened within a minute, bounded, once", (_case, part, left, ladder, order) => {
  const run = house([pair(ladder)]);
  expect(validateGuard(pair(ladder))).toEqual([]);
  expect(run.found).toEqual([]);
  const taken = run.now();
  run.deleverage(long, part, left);
  run.pass(60);
  expect(run.orders()).toEqual([order]);
  expect(run.found[0]!.at - taken).toBeLessThanOrEqual(60_000);
  if (order.startsWith("desk:long")) run.fill(long, "1");
  else run.fill(third, part);
  run.pass(60);
  expect(run.found).toHaveLength(1);
});

test("what stood at the third venue before is not touched: only what was lost is opened, and what leans our way counts against it", () => {
  const busy = house([pair([hedge(third)])], "3");
  busy.deleverage(long, "0.5", "0.5");
  busy.pass(60);
  expect(busy.found).toEqual([]); // three bitcoin there stand against our one already
  const worse = house([pair([hedge(third)])], "-0.2");
  worse.pass(60);
  // ours is one short, theirs one long and 0.2 short: 0.2 of ours is bare
  expect(worse.orders()).toEqual(["desk:third buy 0.20 to 10100.00 for desk:short/desk"]);
});

test("a part that was filled is followed by the rest, and a new loss by a new hedge, each on readings of all legs", () => {
  const run = house([pair([hedge(long)])]);
  run.deleverage(long, "0.5", "0.5");
  run.pass(30);
  run.fill(long, "0.8");
  run.pass(1);
  run.readOne(short); // ours is read first: of the other leg nobody knows yet what was opened
  run.pass(1);
  expect(run.found).toHaveLength(1);
  run.pass(60);
  expect(run.orders().at(-1)).toBe("desk:long buy 0.20 to 10100.00 for desk:short/desk");
  run.fill(long, "1");
  run.pass(60);
  run.deleverage(long, "0.1", "0.9");
  run.pass(60);
  expect(run.orders().at(-1)).toBe("desk:long buy 0.10 to 10100.00 for desk:short/desk");
  expect(run.found).toHaveLength(3);
});

test("where it cannot be hedged within its bounds our leg is cut instead, if the guard allows that; else it is told", () => {
  const cut: Remedy = { use: "reduce", instrument: "BTC", slippage: dec("0.01") };
  const written = { choose: "as-written" } as const;
  const bounded = house([pair([hedge(long, "0.1"), cut], written)]);
  bounded.deleverage(long, "0.5", "0.5");
  bounded.pass(60);
  expect(bounded.orders()).toEqual(["desk:short buy 0.50 to 10100.00"]);
  const lost = house([pair([hedge(third), cut], written)]);
  lost.deleverage(long, "0.5", "0.5");
  lost.lose(third);
  lost.pass(60);
  expect(lost.told).toContain("feed-broke"); // of the pair nothing is known while one of its legs is lost
  const told = house([pair([hedge(long, "0.1")])]);
  told.deleverage(long, "0.5", "0.5");
  told.pass(60);
  expect([told.orders(), told.told.includes("hedge-too-small")]).toEqual([[], true]);
});

test("off where nobody asked for it: without a guard, in shadow, in reduce-only, and where no hedge stands in the ladder", () => {
  const cut: Remedy = { use: "reduce", instrument: "BTC", slippage: dec("0.01") };
  for (const guards of [[], [pair([hedge(long)], { mode: "shadow" })], [pair([cut])]]) {
    const run = house(guards);
    run.deleverage(long, "0.5", "0.5");
    run.pass(60);
    expect(run.orders().filter((order) => order.includes(" for "))).toEqual([]);
  }
});

test("a hedge where the pair is not counted, and our own leg as one of the others, are refused when they are written", () => {
  const own = pair([], { scope: { holding: third }, ladder: [hedge(long)] });
  expect(validateGuard(own).map(({ field }) => field)).toEqual(["trigger.also.0"]);
  const [problem, ...others] = validateGuard(pair([hedge(holdingId("desk:fourth"))]));
  expect([problem?.field, problem?.value, others]).toEqual(["ladder.0.holding", "desk:fourth", []]);
});
