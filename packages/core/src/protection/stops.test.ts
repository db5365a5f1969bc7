import fc from "fast-check";
import type { Resting } from "@plimsoll/core/book";
import type { StandingStop } from "@plimsoll/core/policy";
import { type PerpHolding, lyingStop, perpGround, perpTerms, pool } from "@plimsoll/core/protection/testing";
import { toyGuard } from "@plimsoll/core/turn/testing";
import { type Result, type Why, compare, dec, exact, known, ms, text, unknown, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { positionsOf } from "./position.ts";
import { isTakenAt } from "./price-walk.ts";
import { type StopPlan, proposeStops } from "./propose-stops.ts";
import { type WantedStop, wantedStops } from "./wanted-stops.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const marks = { BTC: "10000", ETH: "500" };
/** Long one BTC from 10,000 with `cash`: it is taken at (10,000 - cash) / 0.95. */
const long = (cash: string, orders: readonly Resting[] | "unread" = []): PerpHolding => ({
  cash: dec(cash),
  positions: { BTC: { size: dec("1"), entry: dec("10000") } },
  ...(orders !== "unread" && { orders }),
});
const follow = (before = "0.05"): StandingStop => ({ instrument: "BTC", kind: "mark", place: { before: dec(before) } });
const fixed = (at: string): StandingStop => ({ instrument: "BTC", kind: "mark", place: { at: dec(at) } });
const guardWith = (...stops: readonly StandingStop[]) => toyGuard({ ladder: [], stops });

const wants = (body: PerpHolding, stops: readonly StandingStop[], prices: Readonly<Record<string, string>> = marks) =>
  wantedStops(guardWith(...stops), perpGround(body, prices), pool);
const shown = (wanted: Result<WantedStop, Why>) =>
  wanted.ok ? `${wanted.value.trigger.when} ${text(wanted.value.trigger.at)}` : wanted.failure.code;

// source: (entry - cash) / (1 - 0.05) for a long, (entry + cash) / (1 + 0.05) for a short, worked by hand; ticks of 0.1
// oxfmt-ignore
test.each([
  // case                                       signed  cash    stop             wanted
  ["5 % before 9473.6842, up to a tick",        "1",    "1000", follow(),        "at-or-below 9947.4"],
  ["5 % before 8421.0526",                      "1",    "2000", follow(),        "at-or-below 8842.2"],
  ["a short: 5 % before 11428.5714, down",      "-1",   "2000", follow(),        "at-or-above 10857.1"],
  ["its own price",                             "1",    "1000", fixed("9500"),   "at-or-below 9500"],
  ["beyond the liquidation",                    "1",    "1000", fixed("9473.6"), "stop/beyond-liquidation"],
  ["just before the liquidation",               "1",    "1000", fixed("9473.7"), "at-or-below 9473.7"],
  ["a short, beyond",                           "-1",   "2000", fixed("11428.6"), "stop/beyond-liquidation"],
  ["the price is there already",                "1",    "1000", fixed("10000"),  "stop/already-through"],
  ["no room to follow in",                      "1",    "600",  follow(),        "stop/already-through"],
  ["nothing can liquidate it",                  "1",   "20000", follow(),        "stop/nothing-to-follow"],
  ["another kind of price is not kept",         "1",    "1000", { ...follow(), kind: "index" }, "stop/price-not-followed"],
] as const)("%s", (_case, size, cash, stop, expected) => {
  const body = { cash: dec(cash), orders: [], positions: { BTC: { size: dec(size), entry: dec("10000") } } };
  expect(wants(body, [stop]).map(shown)).toEqual([expected]);
});

// source: 2 * price - 17,000 = 0.05 * 2 * price for two longs of one coin from 10,000 with 3,000: 8947.37; either alone would say 7894.74
test("prices of one coin move as one: a stop comes before the liquidation by all of them", () => {
  const size = dec("1");
  const positions = { BTC: { size, entry: dec("10000") }, BTCUSDT: { size, entry: dec("10000") } };
  const wanted = wants({ cash: dec("3000"), orders: [], positions }, [follow()], { BTC: "10000", BTCUSDT: "10000" });
  expect(wanted.map(shown)).toEqual(["at-or-below 9394.8"]);
  const fixedAt = (at: string) =>
    wants({ cash: dec("3000"), orders: [], positions }, [fixed(at)], { BTC: "10000", BTCUSDT: "10000" }).map(shown);
  expect(fixedAt("8947.3")).toEqual(["stop/beyond-liquidation"]);
  expect(fixedAt("8947.4")).toEqual(["at-or-below 8947.4"]);
  const apart = { BTC: positions.BTC, ETH: { size, entry: dec("10000") } };
  const other = wants({ cash: dec("3000"), orders: [], positions: apart }, [follow()], { BTC: "10000", ETH: "10000" });
  expect(other.map(shown)).toEqual(["at-or-below 8289.5"]);
});

test("a stop beyond the liquidation is refused with both numbers", () => {
  const [refused] = wants(long("1000"), [fixed("9000")]);
  expect(refused).toMatchObject({ ok: false, failure: { facts: { trigger: "9000", liquidation: "9473.6842" } } });
});

test("a bounded stop carries the worst price it may fill at, on the grid", () => {
  const [wanted] = wants(long("1000"), [{ ...fixed("9500"), through: dec("0.1") }]);
  expect(wanted).toMatchObject({ ok: true });
  expect(wanted!.ok && text(wanted!.value.limit!)).toBe("8550.0");
});

test("no position, nothing wanted", () => expect(wants({ cash: dec("1"), positions: {} }, [follow()])).toEqual([]));

const numbers = { cash: fc.integer({ min: 300, max: 9_000 }), share: fc.integer({ min: 1, max: 60 }) };
test("what is wanted always comes before the liquidation and never goes off at once", () => {
  fc.assert(
    fc.property(numbers.cash, numbers.share, fc.boolean(), (cash, share, isShort) => {
      const size = dec(isShort ? "-1" : "1");
      const body = { cash: exact(BigInt(cash)), orders: [], positions: { BTC: { size, entry: dec("10000") } } };
      const ground = perpGround(body, marks);
      const stop = { ...follow(), place: { before: exact(BigInt(share), 3) } } as const;
      for (const wanted of wantedStops(guardWith(stop), ground, pool)) {
        if (!wanted.ok) continue;
        const { trigger, quote } = wanted.value;
        expect(isTakenAt(ground, pool, quote, trigger.at)).toBe(false);
        expect(compare(trigger.at, dec("10000"))).toBe(isShort ? 1 : -1);
      }
    }),
    { numRuns },
  );
});

function planned(body: PerpHolding, stops: readonly StandingStop[], terms = perpTerms()): StopPlan {
  const ground = perpGround(body, marks, terms);
  const positions = positionsOf(ground, pool);
  if (!positions.ok) throw new Error("unassessed");
  const wanted = wantedStops(guardWith(...stops), ground, pool).flatMap((each) => (each.ok ? [each.value] : []));
  const { orders } = body;
  const lying = orders === undefined ? unknown(why("orders-not-read")) : known(orders, ms(1));
  return proposeStops(ground, positions.value, wanted, lying);
}
const acts = ({ works }: StopPlan) =>
  works.map(({ action, urgent }) =>
    action.do === "stop" ? `${urgent ? "now " : ""}stop ${text(action.trigger.at)}` : `cancel ${action.order}`,
  );

// source: the rules of this room, worked by hand: the wanted trigger is 9947.4, 473.7 before the liquidation, and 94.7 of it is the band
// oxfmt-ignore
test.each([
  ["nothing lies there", [], ["now stop 9947.4"]],
  ["it lies there", [lyingStop({ at: "9947.4" })], []],
  ["near enough is left alone", [lyingStop({ at: "9853" })], []],
  ["too near the liquidation: the new one first", [lyingStop({ at: "9852" })], ["stop 9947.4"]],
  ["too far from it", [lyingStop({ at: "9999", size: dec("1") })], []],
  ["beyond the liquidation is no protection", [lyingStop({ at: "9000" })], ["now stop 9947.4"]],
  ["for a part only", [lyingStop({ at: "9947.4", size: dec("0.5") })], ["now stop 9947.4"]],
  ["of the last price", [lyingStop({ at: "9947.4", kind: "last" })], ["stop 9947.4"]],
  ["the owner's own does not serve, and is not touched", [lyingStop({ at: "9947.4", reference: "mine" })], ["now stop 9947.4"]],
  ["replaced: the old one goes by the reading that shows both",
    [lyingStop({ at: "9852", order: "old" }), lyingStop({ at: "9947.4", order: "new" })], ["cancel old"]],
  ["a take-profit of ours is no stop, and stays",
    [lyingStop({ at: "9947.4" }), { ...lyingStop({ at: "11000", order: "tp" }), trigger: { kind: "mark", when: "at-or-above", at: dec("11000") } }], []],
  ["a position that is gone", [lyingStop({ at: "9947.4" }), lyingStop({ order: "7", instrument: "ETH", at: "400" })], ["cancel 7"]],
  ["the owner's of a position that is gone", [lyingStop({ at: "9947.4" }), lyingStop({ order: "7", instrument: "ETH", at: "400", reference: "x" })], []],
] as const)("%s", (_case, orders, expected) => {
  expect(acts(planned(long("1000", orders), [follow()]))).toEqual(expected);
});

test("what lies there is not known: no protection, and nothing is placed twice", () => {
  const plan = planned(long("1000", "unread"), [follow()]);
  expect(plan).toMatchObject({ works: [], refusals: [{ code: "stop/unknown-what-lies-there" }] });
});

test("where the venue takes one stop at a time the old one goes first, and the work says so", () => {
  const terms = perpTerms({ oneStop: true });
  const plan = planned(long("1000", [lyingStop({ at: "9600", order: "old" })]), [follow()], terms);
  expect(acts(plan)).toEqual(["cancel old"]);
  expect(plan.works[0]!.because).toContain("until the new one lies there nothing protects");
  expect(acts(planned(long("1000"), [follow()], terms))).toEqual(["now stop 9947.4"]);
});

test("where the venue takes stops for the whole position only, it is one", () => {
  const plan = planned(long("1000"), [follow()], perpTerms({ wholeOnly: true }));
  expect(plan.works[0]!.action).toMatchObject({ do: "stop", size: "all" });
});

test("a stop that no guard wants stays while its position is there", () => {
  expect(acts(planned(long("1000", [lyingStop({ at: "9600" })]), []))).toEqual([]);
});

test("two stops of one position both lie there", () => {
  const stops = [fixed("9600"), fixed("9800")];
  expect(acts(planned(long("1000"), stops))).toEqual(["now stop 9600", "now stop 9800"]);
  const lie = [lyingStop({ at: "9600", order: "a" }), lyingStop({ at: "9800", order: "b" })];
  expect(acts(planned(long("1000", lie), stops))).toEqual([]);
});

test("done one after the other, the work ends with what is wanted, and is never without protection once it had one", () => {
  const both = (from: string) => [lyingStop({ at: from, order: "old" })];
  fc.assert(
    fc.property(fc.constantFrom("9500", "9700", "9990"), numbers.share, (from, share) => {
      const stop = { ...follow(), place: { before: exact(BigInt(share), 3) } } as const;
      let ground = perpGround(long("1000", both(from)), marks);
      for (let round = 0; round < 4; round += 1) {
        const lying = ground.engine.resting(ground.holding, pool, ground.scene);
        expect(lying.is === "known" && lying.value.length).toBeGreaterThan(0);
        const positions = positionsOf(ground, pool);
        const wanted = wantedStops(guardWith(stop), ground, pool).flatMap((each) => (each.ok ? [each.value] : []));
        const [work] = proposeStops(ground, positions.ok ? positions.value : [], wanted, lying).works;
        if (work === undefined) return;
        const applied = ground.engine.apply(ground.holding, work.action, ground.scene);
        if (!applied.ok) throw new Error(applied.failure.code);
        const body = applied.value.body as PerpHolding;
        const orders = body.orders!.map((order, index) => ({ ...order, order: `${index}`, reference: "pl.x" }));
        ground = { ...ground, holding: { ...applied.value, body: { ...body, orders } } };
      }
      throw new Error("never ends");
    }),
    { numRuns },
  );
});
