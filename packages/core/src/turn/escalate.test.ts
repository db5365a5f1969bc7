import type { Outcome } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import { type PerpHolding, lyingStop } from "@plimsoll/core/protection/testing";
import { dec, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { acts, alerts, guardWith, house, intents } from "./testing/perp-house.ts";

/** Long one BTC from 10,000 with 3,000 behind it: at 9,000 a stop at 9,500 with a limit of 9,400 woke and lies in the book. */
const held = (size: string, left?: string): PerpHolding => {
  const { trigger: _woke, ...woken } = lyingStop({ at: "9500", order: "s1", reference: "ps.1", limit: dec("9400") });
  return {
    ...{ cash: dec("3000"), orders: left === undefined ? [] : [{ ...woken, size: dec(left) }] },
    positions: size === "0" ? {} : { BTC: { size: dec(size), entry: dec("10000") } },
  };
};
const at = dec("9500");
const keeper = guardWith({ stops: [{ instrument: "BTC", kind: "mark", place: { at }, through: dec("0.01") }] });

function fallen(guard: Guard = keeper) {
  const run = house([guard]);
  const reads = (time: number, body: PerpHolding) => run.reads(time, body, "9000");
  return { ...run, reads };
}

test("a stop that woke and did not fill within its patience is cancelled, and what it left is sold within a bound of the mark", () => {
  const run = fallen();
  expect(acts(run.reads(1_000, held("1", "1")))).toEqual([]);
  expect(acts(run.reads(5_900, held("1", "1")))).toEqual([]); // 4.9 s: it may still fill
  const given = run.reads(6_000, held("1", "1"));
  expect(acts(given)).toEqual(["cancel s1"]);
  expect(alerts(given)).toContain("stop/woke-unfilled");
  expect(acts(run.reads(6_500, held("1")))).toEqual([]); // the cancel is not ended
  run.done(7_000, intents(given)[0]!.key);
  expect(acts(run.feed(7_100, { type: "tick" }))).toEqual([]); // no reading since
  const order = run.reads(7_500, held("1"));
  expect(acts(order)).toEqual(["sell 1.000 to 8550.0"]); // 5 % below 9,000
  expect(order.find(({ type }) => type === "plan")).toMatchObject({
    plan: { mode: "armed", realisesSale: [{ instrument: "BTC" }], after: [{ lines: [] }] },
  });
  run.done(8_000, intents(order)[0]!.key);
  expect(acts(run.reads(8_500, held("0")))).toEqual([]);
  expect(acts(run.reads(30_000, held("1")))).toEqual([]); // bought again: nothing is owed any more
});

test("what filled while it was cancelled, and what the owner sold by hand, is not sold again", () => {
  for (const [position, order] of [
    ["0.7", ["sell 0.200 to 8550.0"]], // of 0.5 left 0.3 was filled on the way out
    ["0.5", []],
    ["0.4", []],
    ["1.2", ["sell 0.500 to 8550.0"]], // bought more: that is not the stop's
  ] as const) {
    const run = fallen();
    run.reads(1_000, held("1", "0.5"));
    const given = run.reads(7_000, held("1", "0.5"));
    run.done(7_100, intents(given)[0]!.key);
    expect([position, acts(run.reads(7_500, held(position)))]).toEqual([position, order]);
  }
});

test("an order that had no effect goes again, later; one that sold a part goes on with the rest", () => {
  const run = fallen();
  run.reads(1_000, held("1", "1"));
  run.done(7_100, intents(run.reads(7_000, held("1", "1")))[0]!.key);
  const [first] = intents(run.reads(7_500, held("1")));
  run.feed(8_000, { type: "outcome", key: first!.key, outcome: { state: "refused", verified: "as-predicted" } });
  expect(acts(run.reads(9_500, held("1")))).toEqual([]);
  const [second] = intents(run.reads(17_500, held("1")));
  const partly: Outcome = { state: "partly", done: dec("0.6"), left: dec("0.4") };
  for (const outcome of [partly, { state: "expired", verified: "differs" } as const])
    run.feed(18_000, { type: "outcome", key: second!.key, outcome });
  expect(acts(run.reads(28_000, held("0.4")))).toEqual(["sell 0.400 to 8550.0"]);
});

test("it is not touched where it fills, where its owner takes it away, where it is not ours, or where its cancel found it filled", () => {
  const gone = fallen();
  gone.reads(1_000, held("1", "1"));
  expect(acts(gone.reads(7_000, held("1")))).toEqual([]); // taken away by hand: the owner decides
  const foreign = fallen();
  const mine: PerpHolding = {
    ...held("1"),
    orders: held("1", "1").orders!.map((each) => ({ ...each, reference: "x" })),
  };
  foreign.reads(1_000, mine);
  expect(acts(foreign.reads(7_000, mine))).toEqual([]);
  const filled = fallen();
  filled.reads(1_000, held("1", "1"));
  const [cancel] = intents(filled.reads(7_000, held("1", "1")));
  filled.feed(7_100, { type: "outcome", key: cancel!.key, outcome: { state: "refused", verified: "not-yet" } });
  expect(acts(filled.reads(7_500, held("0")))).toEqual([]);
});

test("what it left is closed after a halt of the house, but not after one so long that its owner has seen to it", () => {
  for (const [minutes, orders] of [
    [30, ["sell 1.000 to 8550.0"]],
    [61, []],
  ] as const) {
    const run = fallen();
    run.reads(1_000, held("1", "1"));
    run.done(7_100, intents(run.reads(7_000, held("1", "1")))[0]!.key);
    run.feed(7_200, { type: "mode", mode: "halted", who: "me" });
    expect(acts(run.reads(7_500, held("1")))).toEqual([]);
    const back = minutes * 60_000 + 7_200;
    run.reads(back - 100, held("1"));
    expect([minutes, acts(run.feed(back, { type: "mode", mode: "armed", who: "me" }))]).toEqual([minutes, orders]);
  }
});

test("in shadow, halted, while the orders are not seen, or under a guard of another instrument nothing is sent", () => {
  const woken = held("1", "1");
  const tried = (guard: Guard, before: (run: ReturnType<typeof fallen>) => void = () => undefined) => {
    const run = fallen(guard);
    before(run);
    run.reads(1_000, woken);
    return acts(run.reads(7_000, woken));
  };
  expect(tried(keeper)).toEqual(["cancel s1"]);
  expect(tried({ ...keeper, mode: "shadow" })).toEqual([]);
  expect(tried(keeper, (run) => run.feed(500, { type: "mode", mode: "halted", who: "me" }))).toEqual([]);
  expect(tried(keeper, (run) => run.orders(500, "halted"))).toEqual([]);
  const [stop] = keeper.stops!;
  expect(tried({ ...keeper, stops: [{ ...stop!, instrument: "ETH" }] })).toEqual([]);
  const run = fallen();
  run.reads(1_000, woken);
  run.feed(2_000, { type: "lost", what: run.me, why: why("feed-broke") });
  expect(acts(run.feed(9_000, { type: "tick" }))).toEqual([]);
});
