import type { Resting } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { type PerpHolding, lyingStop, perpTerms, pool } from "@plimsoll/core/protection/testing";
import { dec, ms, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Decision } from "./contract.ts";
import { acts, alerts, follow, guardWith, house, intents, long, me } from "./testing/perp-house.ts";

test("a stop that is missing is placed once, and again only where the next reading does not show it", () => {
  const run = house([guardWith()]);
  const placed = run.reads(1_000, long([]));
  expect(acts(placed)).toEqual(["stop 8842.2"]);
  expect(placed.some((d) => d.type === "plan" && d.plan.mode === "armed")).toBe(true);
  expect(acts(run.reads(2_000, long([])))).toEqual([]); // the intent is open
  run.done(2_500, intents(placed)[0]!.key);
  expect(acts(run.feed(2_600, { type: "tick" }))).toEqual([]); // no reading since
  const lying = lyingStop({ at: "8842.2" });
  expect(acts(run.reads(3_000, long([lying])))).toEqual([]);
  expect(acts(run.reads(5_000, long([])))).toEqual([]); // gone, but a venue is not asked for it every few seconds
  expect(acts(run.reads(14_000, long([])))).toEqual(["stop 8842.2"]); // gone: taken away by the venue or by hand
});

test("a stop that follows is moved within its bounds: the new one first, the old one by the reading that shows both", () => {
  const run = house([guardWith()]);
  const old = lyingStop({ at: "8842.2", order: "old" });
  expect(acts(run.reads(1_000, long([old])))).toEqual([]);
  // margin went away: taken at 8947.37, 5 % before it is 9394.8
  const moved = run.reads(2_000, long([old], "1500"));
  expect(acts(moved)).toEqual(["stop 9394.8"]);
  run.done(2_100, intents(moved)[0]!.key);
  const fresh = lyingStop({ at: "9394.8", order: "new" });
  const tidied = run.reads(3_000, long([old, fresh], "1500"));
  expect(acts(tidied)).toEqual(["cancel old"]);
  run.done(3_100, intents(tidied)[0]!.key);
  // it would move again, and waits for its cool-down of a minute
  expect(acts(run.reads(4_000, long([fresh], "2500")))).toEqual([]);
  expect(acts(run.reads(63_000, long([fresh], "2500")))).toEqual(["stop 8289.5"]);
});

test("what would be liquidated first is told with both numbers, and nothing is sent", () => {
  const run = house([guardWith({ stops: [{ ...follow, place: { at: dec("8000") } }] })]);
  const said = run.reads(1_000, long([]));
  expect(acts(said)).toEqual([]);
  const alert = said.find((d) => d.type === "alert" && d.why.code === "stop/beyond-liquidation");
  expect(alert).toMatchObject({ why: { facts: { guard: "stop", trigger: "8000", liquidation: "8421.0526" } } });
});

test("a rescue does not wait for a stop that is under way, and a stop waits for the rescue to be seen", () => {
  const reduce = { use: "reduce", instrument: "BTC", slippage: dec("0.01") } as const;
  const both = guardWith({ ladder: [reduce], target: { want: "reduce", share: dec("0.5") } });
  const trigger = { ...both.trigger, below: dec("3.5"), release: dec("4"), urgent: dec("3") } as Guard["trigger"];
  const run = house([{ ...both, trigger }]);
  expect(acts(run.reads(1_000, long([])))).toEqual(["stop 8842.2"]); // health 4
  expect(acts(run.price(2_000, "9500"))).toEqual(["sell 0.500 to 9405.0"]); // health 3.16, the stop's intent is open
  const other = house([{ ...both, trigger: { ...trigger, below: dec("4.5"), release: dec("5") } as Guard["trigger"] }]);
  expect(acts(other.reads(1_000, long([])))).toEqual(["sell 0.500 to 9900.0"]);
});

test("shadow shows once what it would place, and sends nothing", () => {
  const run = house([guardWith({ mode: "shadow" })]);
  const shown = run.reads(1_000, long([]));
  expect(shown.filter(({ type }) => type === "plan")).toMatchObject([{ plan: { mode: "shadow" } }]);
  expect(acts(shown)).toEqual([]);
  expect(run.reads(2_000, long([])).filter(({ type }) => type === "plan")).toEqual([]);
});

test("unknown orders are no reason to place twice", () => {
  const run = house([guardWith()]);
  const said = run.reads(1_000, long("unread"));
  expect(acts(said)).toEqual([]);
  expect(alerts(said)).toContain("stop/unknown-what-lies-there");
});

test("after a halt what lies there counts as nothing until it is seen again, and what was cancelled is placed again", () => {
  const run = house([guardWith()]);
  const lying = lyingStop({ at: "8842.2" });
  run.reads(1_000, long([lying]));
  run.orders(2_000, "halted");
  expect(alerts(run.reads(3_000, long([lying])))).toContain("stop/unknown-what-lies-there");
  run.orders(4_000, "normal");
  expect(acts(run.feed(4_500, { type: "tick" }))).toEqual([]);
  expect(acts(run.reads(5_000, long([])))).toEqual(["stop 8842.2"]);
});

test("a holding that was lost is not acted on, and a reading from before the loss shows nothing", () => {
  const run = house([guardWith()]);
  run.reads(1_000, long([lyingStop({ at: "8842.2" })]));
  run.feed(2_000, { type: "lost", what: me, why: why("feed-broke") });
  expect(acts(run.feed(2_100, { type: "tick" }))).toEqual([]);
  expect(acts(run.reads(1_500, long([])))).toEqual([]);
  expect(acts(run.reads(3_000, long([])))).toEqual(["stop 8842.2"]);
});

test("an account of which our figures are not the venue's gets no stops of ours", () => {
  const differs = {
    of: "BTC",
    figure: "size",
    venue: dec("2"),
    ours: dec("1"),
    allowed: dec("0"),
    decides: true,
  } as const;
  const moves = (isWrong: boolean) => {
    const run = house([guardWith()]);
    run.reads(1_000, long([lyingStop({ at: "8842.2" })]));
    if (isWrong)
      run.feed(1_000, { type: "parity", holding: me, rows: [{ ...differs, verdict: "differs" }], at: ms(1_000) });
    return acts(
      run.feed(2_000, { type: "terms", terms: { ...perpTerms({ maintenance: dec("0.1") }), validFrom: ms(1_500) } }),
    );
  };
  expect(moves(false)).toEqual(["stop 9333.4"]);
  expect(moves(true)).toEqual([]);
});

test("the house in reduce-only still keeps its stops, halted it does not", () => {
  const run = house([guardWith()]);
  run.feed(500, { type: "mode", mode: "halted", who: "me" });
  expect(acts(run.reads(1_000, long([])))).toEqual([]);
  expect(acts(run.feed(1_500, { type: "mode", mode: "reduce-only", who: "me" }))).toEqual(["stop 8842.2"]);
});

test("the stop of a position that is gone goes too, the owner's own stays", () => {
  const run = house([guardWith()]);
  const orders = [
    lyingStop({ at: "8842.2", order: "ours" }),
    lyingStop({ at: "8000", order: "mine", reference: "mine" }),
  ];
  expect(acts(run.reads(1_000, { cash: dec("2000"), positions: {}, orders }))).toEqual(["cancel ours"]);
});

test("a guard that has ended places nothing", () => {
  const run = house([guardWith({ bounds: { ...guardWith().bounds, expires: ms(500) } })]);
  expect(acts(run.reads(1_000, long([])))).toEqual([]);
  expect(run.turn.view().accounts[0]!.account).toBe(pool);
});

test("coverage of the book: the stop that lies there counts, after a halt only once it was seen again, and never in doubt", () => {
  const run = house([guardWith()]);
  const coveredMs = () => run.turn.coverage({ deadMan: () => "off" }).map(({ unprotectedMs }) => unprotectedMs);
  run.reads(1_000, long([lyingStop({ at: "9500" })]));
  expect(run.turn.coverage()).toMatchObject([{ holding: me, account: pool, instrument: "BTC", unprotectedMs: 0 }]);
  expect(run.turn.coverage({ deadMan: () => "armed" })).toMatchObject([{ unprotectedMs: 86_400_000 }]);
  run.orders(2_000, "halted");
  expect(coveredMs()).toEqual([86_400_000]);
  run.orders(3_000, "normal");
  expect(coveredMs()).toEqual([86_400_000]);
  run.reads(4_000, long([lyingStop({ at: "9500" })]));
  expect(coveredMs()).toEqual([0]);
  run.feed(40_000, { type: "tick" });
  expect(coveredMs()).toEqual([86_400_000]); // what was read half a minute ago need not lie there any more
  run.reads(41_000, long([lyingStop({ at: "9500" })]));
  expect(coveredMs()).toEqual([0]);
  run.feed(42_000, { type: "lost", what: me, why: why("feed-broke") });
  expect(coveredMs()).toEqual([86_400_000]);
});

const changes = (decisions: readonly Decision[]) =>
  decisions.flatMap((d) => (d.type === "alert" && /^(change|recovery)/.test(d.why.code) ? [d.why.code] : []));

test("between two readings: by hand, by the venue once it was reported, by ourselves; after an absence what was found", () => {
  const run = house([guardWith({ stops: [], ladder: [] })]);
  const sized = (size: string, orders: readonly Resting[] = []): PerpHolding => ({
    ...{ cash: dec("2000"), orders },
    positions: { BTC: { size: dec(size), entry: dec("10000") } },
  });
  expect(changes(run.reads(1_000, sized("1")))).toEqual([]);
  expect(changes(run.reads(2_000, sized("1")))).toEqual([]);
  expect(changes(run.reads(3_000, sized("0.9")))).toEqual(["change/manual"]);
  run.feed(3_500, {
    ...{ type: "effect", holding: me, account: pool, taken: [], fee: [], text: "deleveraged", at: ms(3_400) },
    effect: { was: "adl", body: { instrument: "BTC", size: dec("-0.4") } },
  });
  expect(changes(run.reads(4_000, sized("0.5")))).toEqual(["change/adl"]);
  expect(changes(run.reads(5_000, sized("0.4")))).toEqual(["change/manual"]); // the report was used up
  expect(changes(run.reads(70_000, sized("0.4", [lyingStop({ at: "9000" })])))).toEqual(["recovery/back"]);
  expect(changes(run.reads(140_000, sized("0.3")))).toEqual(["change/unexplained", "recovery/back"]);
  expect(run.turn.coverage({ deadMan: () => "off" })).toMatchObject([{ by: [] }]);
});
