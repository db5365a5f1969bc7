import type { Condition } from "@plimsoll/core/book";
import type { Remedy } from "@plimsoll/core/policy";
import { assetId, dec, holdingId, ms, text, toNumber, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { deskGuard, planOnDesk } from "./testing/desk-plans.ts";
import { deskVenue } from "./testing/small-desk.ts";

// one bitcoin at 50,000 asks 2,500; 4,000 are health 1.6, and 2 needs 1,000 more or a fifth of the bitcoin less
const body = {
  ...{ cash: dec("4000"), wallet: { USDC: dec("2000") }, posted: {} },
  positions: { BTC: { size: dec("1"), entry: dec("50000") } },
};
const sell: Remedy = { use: "reduce", instrument: "BTC", slippage: dec("0.001") };
const post: Remedy = { use: "supply", asset: assetId("USDC"), most: dec("2000") };
const me = holdingId("desk:me");
const budget = (over: Partial<Extract<Condition, { type: "rate-budget" }>> = {}): Condition => ({
  ...({ type: "rate-budget", venue: deskVenue, holding: me, by: "account", most: 10, spent: 0 } as const),
  ...{ windowMs: 10_000, at: ms(1) },
  ...over,
});
const key = (over: Partial<Extract<Condition, { type: "permission" }>>): Condition => ({
  ...({ type: "permission", holding: me, acts: "yes", until: "never", at: ms(1) } as const),
  ...over,
});
const doesOn = (conditions: readonly Condition[], ladder: readonly Remedy[] = [sell], more = {}) =>
  planOnDesk({ body, guard: deskGuard(ladder), conditions, ...more });
const acts = ({ plan }: ReturnType<typeof planOnDesk>) => plan?.steps.map(({ action }) => action.do) ?? [];
const refusal = ({ shortfalls }: ReturnType<typeof planOnDesk>) => shortfalls[0]?.why.facts["unusable"];

test("what a venue takes no message for is not planned, with what is left of its budget; another remedy is", () => {
  expect(acts(doesOn([budget()]))).toEqual(["order"]);
  const full = budget({ spent: 10 });
  expect(acts(doesOn([full]))).toEqual([]);
  expect(refusal(doesOn([full]))).toContain("rate-budget, venue desk, needs 1, left 0, windowMs 10000");
  // money goes over the desk's chain, which counts no messages
  const other = doesOn([full], [sell, post]);
  expect(acts(other)).toEqual(["supply"]);
  expect(other.plan!.alternatives.find(({ what }) => what === "reduce BTC")!.why).toContain("rate-budget");
});

test("what was asked a window ago is free again; what is under way, and asked by another account from our address, is not", () => {
  const spent = budget({ spent: 9 });
  expect(acts(doesOn([spent]))).toEqual(["order"]);
  expect(acts(doesOn([spent], [sell], { underway: [{ holding: me, venue: deskVenue }] }))).toEqual([]);
  expect(acts(doesOn([budget({ spent: 10, at: ms(1) })], [sell], { now: 10_001 }))).toEqual(["order"]);
  expect(acts(doesOn([budget({ spent: 10, at: ms(1) })], [sell], { now: 10_000 }))).toEqual([]);
  const elsewhere = { holding: holdingId("desk:other"), spent: 8 } as const;
  expect(acts(doesOn([budget({ spent: 3 }), budget(elsewhere)]))).toEqual(["order"]);
  const shared = [budget({ spent: 3, by: "address" }), budget({ ...elsewhere, by: "address" })];
  expect(acts(doesOn(shared))).toEqual([]);
});

test("a plan of two orders needs the messages of both", () => {
  const two = { ...body, positions: { ...body.positions, SOL: { size: dec("500"), entry: dec("100") } } };
  // health 0.8; all of one position sold leaves less than 1.6
  const guard = deskGuard([sell, { ...sell, instrument: "SOL" }]);
  const planned = (most: number) =>
    planOnDesk({
      ...{ body: two, guard, prices: { BTC: dec("50000"), SOL: dec("100") }, conditions: [budget({ most })] },
    });
  expect(acts(planned(2))).toEqual(["order", "order"]);
  expect(acts(planned(1))).toEqual(["order"]);
  expect(planned(1).shortfalls[0]!.why.facts["refused"]).toContain("rate-budget, venue desk, needs 1, left 0");
});

test("a budget that nobody told is said of the plan, of the messages that it counts alone", () => {
  expect(doesOn([]).plan!.assumes).toMatchObject([{ code: "rate-budget-unknown", facts: { venue: "desk" } }]);
  expect(doesOn([budget()]).plan!.assumes).toBeUndefined();
  expect(doesOn([], [post]).plan!.assumes).toBeUndefined();
});

// oxfmt-ignore
test.each([
  ["cannot trade",        key({ acts: "no" }),                                                       "key-may-not, holding desk:me"],
  ["has ended",           key({ until: ms(1) }),                                                     "key-ended, holding desk:me, ended 1"],
  ["nobody has",          key({ acts: "nobody", why: why("x", { detail: "the signer is away" }) }),  "nobody-can-act, holding desk:me, detail the signer is away"],
] as const)("a key that %s makes every lever infeasible, with that reason", (_case, condition, said) => {
  const planned = doesOn([condition], [sell, post]);
  expect(acts(planned)).toEqual([]);
  expect(refusal(planned)).toContain(said);
  expect(refusal(planned)).toMatch(/^reduce BTC: .*; supply USDC: /);
});

test("a key of which the venue says nothing is used, and that is said; so is what a plan in shadow lacks", () => {
  const unsure = doesOn([budget(), key({ acts: "unknown" })]);
  expect([acts(unsure), unsure.plan!.assumes]).toMatchObject([["order"], [{ code: "key-unknown" }]]);
  const nobody = [budget(), key({ acts: "nobody", why: why("x", { detail: "no key" }) })];
  const shown = doesOn(nobody, [sell], { mode: "shadow" });
  expect([acts(shown), shown.plan!.assumes]).toMatchObject([["order"], [{ code: "nobody-can-act" }]]);
  expect(acts(doesOn([budget(), key({ acts: "yes", until: ms(2) })]))).toEqual(["order"]);
});

const depth = (offered: string): Condition => ({
  ...{ type: "depth", venue: deskVenue, instrument: "BTC" },
  depth: { bids: [[dec("50000"), dec(offered)]], asks: [], at: ms(1) },
});

test("what is more than the book takes goes in slices: how many, over how long, what a usual move takes meanwhile", () => {
  const { plan } = doesOn([depth("0.06"), budget()]);
  const [step] = plan!.steps;
  if (step?.action.do !== "order") throw new Error("no order");
  // 4,000 less what a sale may lose reaches 2 with a fifth sold and a little more: 0.21 in 0.06 a time
  expect(text(step.action.size)).toBe("0.21");
  expect(step.slices).toMatchObject({ count: 4, overMs: 15_000 });
  // three quarters of 10,500 dollars, 4 % a day
  expect(toNumber(step.slices!.atRisk!)).toBeCloseTo(10_500 * 0.75 * 0.04 * Math.sqrt(15_000 / 86_400_000), 3);
  expect(doesOn([depth("0.21")]).plan!.steps[0]!.slices).toBeUndefined();
  expect(doesOn([]).plan!.steps[0]!.slices).toBeUndefined();
});

test("slices that wait for a new book are counted in the window that they fall into", () => {
  // of four slices, 5 s apart, three fall into a window of 10 s
  expect(acts(doesOn([depth("0.06"), budget({ most: 3 })]))).toEqual(["order"]);
  expect(acts(doesOn([depth("0.06"), budget({ most: 2 })]))).toEqual([]);
});
