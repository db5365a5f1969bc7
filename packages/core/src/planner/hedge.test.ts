import { createHash } from "node:crypto";
import { type Guard, type Remedy, guardHash, hashWith } from "@plimsoll/core/policy";
import { DAY_MS, dec, holdingId, ms, quoteKey, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Want } from "./draft.ts";
import { exposureOf } from "./exposure.ts";
import type { Ground } from "./ground.ts";
import { withNetLeft } from "./hedge.ts";
import { planRescues } from "./plan-rescues.ts";
import { sizesLeft } from "./sizes-left.ts";
import { type DeskTerms, boundDesk, deskAccount, deskHolding, deskScene } from "./testing/small-desk.ts";

const hashOf = hashWith((bytes) => createHash("sha256").update(bytes).digest());
const deskWith = (terms: Partial<DeskTerms>) =>
  deskScene({ BTC: dec("50000") }, { lots: { BTC: dec("0.01") }, ...terms });
// longs pay shorts, as mostly
const scene = deskWith({ funding: { BTC: dec("0.00001") } });
const body = (btc: string, cash = "9000") => ({
  ...{ cash: dec(cash), wallet: {}, posted: {} },
  positions: btc === "0" ? {} : { BTC: { size: dec(btc), entry: dec("50000") } },
});
const groundOf = (id: string, btc: string, at = scene): Ground => ({
  engine: boundDesk,
  holding: deskHolding(body(btc), id),
  scene: at,
});
const hedge: Remedy = {
  ...{ use: "hedge", holding: holdingId("desk:other"), instrument: "BTC" },
  ...{ slippage: dec("0.001"), most: dec("5") },
};
const reduce = (slippage: string): Remedy => ({ use: "reduce", instrument: "BTC", slippage: dec(slippage) });

const guardWith = (ladder: readonly Remedy[], choose: NonNullable<Guard["choose"]> = "cheapest"): Guard => ({
  ...{ id: "g", name: "halve it", scope: { holding: holdingId("desk:me") }, ladder, choose, mode: "armed" },
  trigger: { when: "price", quote: quoteKey("desk:BTC:mark"), kind: "mark", side: "at-or-below", at: dec("51000") },
  target: { want: "reduce", share: dec("0.5") },
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(30_000), perDay: 10 },
});
function plan(
  ladder: readonly Remedy[],
  other = "0",
  choose?: Guard["choose"],
  left?: Want["left"],
  { at = scene, horizonMs }: { readonly at?: typeof scene; readonly horizonMs?: number } = {},
) {
  const grounds = new Map(
    [groundOf("desk:me", "1"), groundOf("desk:other", other, at)].map((each) => [each.holding.id, each]),
  );
  const field = { grounds, conditions: new Map() };
  const written = guardWith(ladder, choose);
  const stays = horizonMs === undefined ? {} : { horizonMs: ms(horizonMs) };
  const guard = { ...written, bounds: { ...written.bounds, ...stays } };
  const want: Want = {
    ...{ guard, version: guardHash(hashOf, guard), account: deskAccount, urgent: false, because: "the price fell" },
    left: left ?? sizesLeft(groundOf("desk:me", "1"), guard, deskAccount),
  };
  const wanted = withNetLeft(field, want);
  return { ...planRescues({ field, reserves: [], spent: [] }, [wanted], "armed", hashOf), left: wanted.left };
}

test("exposure is what a whole move of the prices would earn, by the venue's own rules", () => {
  expect(toNumber(exposureOf(groundOf("desk:me", "1"), "btc", "USD")!)).toBeCloseTo(50_000, 6);
  expect(toNumber(exposureOf(groundOf("desk:me", "-0.4"), "btc", "USD")!)).toBeCloseTo(-20_000, 6);
  expect(toNumber(exposureOf(groundOf("desk:me", "1"), "eth", "USD")!)).toBe(0);
});

test("half of what is at risk is hedged elsewhere: declared, no sale, fees of opening and closing", () => {
  const { plan: made, shortfalls } = plan([hedge]);
  expect(shortfalls).toEqual([]);
  expect(made!.steps.map(({ holding, action }) => [holding, action])).toMatchObject([
    ["desk:other", { do: "order", side: "sell", size: dec("0.50"), reduceOnly: false, hedges: "desk:me/desk" }],
  ]);
  expect(made!.realisesSale).toEqual([]);
  // 0.5 * 50,000 * 0.05 % twice, and at most 0.1 % of 25,000 less the fee on it
  expect(toNumber(made!.cost)).toBeCloseTo(25 + 25 - 0.0125, 6);
  expect(made!.costParts.map(({ of, is }) => `${of} ${is}`)).toEqual([
    "fee estimate",
    "funding estimate",
    "spread and impact at-most",
  ]);
  expect(made!.costParts[1]!.because).toContain("it is paid over 30 days at the rate last quoted: no gain");
});

test("reducing and hedging the same prices are ways to one end: the cheaper is taken, or what stands first", () => {
  // to sell half costs 12.5 and at most 0.05 % of 25,000; to hedge it 25 and at most 0.1 %
  const cheap = plan([hedge, reduce("0.0005")]);
  expect(cheap.plan!.steps.map(({ action }) => action)).toMatchObject([{ reduceOnly: true, size: dec("0.50") }]);
  expect(cheap.plan!.alternatives).toMatchObject([
    { what: "hedge BTC", why: expect.stringMatching(/^does it too, for 49\.98/) },
  ]);
  const dear = plan([reduce("0.01"), hedge]);
  expect(dear.plan!.steps.map(({ action }) => action)).toMatchObject([{ reduceOnly: false }]);
  const written = plan([hedge, reduce("0.0005")], "0", "as-written");
  expect(written.plan!.steps.map(({ action }) => action)).toMatchObject([{ reduceOnly: false }]);
});

test("a second attempt hedges what the first left open and no more", () => {
  const first = plan([hedge]);
  expect(toNumber(first.left["hedge:desk:other:btc"]!)).toBeCloseTo(25_000, 6);
  const second = plan([hedge], "-0.3", "cheapest", first.left);
  expect(second.plan!.steps.map(({ action }) => action)).toMatchObject([{ side: "sell", size: dec("0.20") }]);
  expect(plan([hedge], "-0.5", "cheapest", first.left).plan).toBeUndefined();
});

test("what cannot be hedged says why: too little allowed, or a venue that nothing is known of", () => {
  const codes = (ladder: readonly Remedy[], at?: Partial<Remedy>) =>
    plan(ladder.map((one) => ({ ...one, ...at }) as Remedy)).shortfalls.map(({ why: { code } }) => code);
  expect(codes([hedge], { most: dec("0.1") })).toEqual(["hedge-too-small"]);
  expect(codes([hedge], { holding: holdingId("nowhere") })).toEqual(["hedge-venue-unknown"]);
  expect(plan([{ ...hedge, most: dec("0.1") }, reduce("0.01")]).plan!.alternatives).toMatchObject([
    { what: "hedge BTC", why: expect.stringContaining("wanted 0.5, most 0.1") },
  ]);
});

// half a bitcoin is 25,000 dollars short: what an hour takes of it, for so many hours
// oxfmt-ignore
test.each([
  ["the rate last quoted, over a month",   { funding: { BTC: dec("-0.00002") } },  undefined,  "estimate",  25_000 * 0.00002 * 720],
  ["over the guard's own horizon",         { funding: { BTC: dec("-0.00002") } },  2 * DAY_MS, "estimate",  25_000 * 0.00002 * 48],
  ["its cap where no rate is known",       { fundingCap: dec("0.0005") },          undefined,  "at-most",   25_000 * 0.0005 * 720],
  ["0.3 % an hour where neither is known", {},                                     DAY_MS,     "at-most",   25_000 * 0.003 * 24],
] as const)("a hedge costs %s", (_case, terms, horizonMs, is, amount) => {
  const { plan: made } = plan([hedge], "0", undefined, undefined, { at: deskWith(terms), ...(horizonMs && { horizonMs }) });
  const funding = made!.costParts.find(({ of }) => of === "funding")!;
  expect(funding.is).toBe(is);
  expect(toNumber(funding.amount)).toBeCloseTo(amount, 6);
});

test("a hedge that was cheaper by fees alone is not where its funding is dear", () => {
  const dear = reduce("0.01");
  const chosen = (terms: Partial<DeskTerms>) =>
    plan([dear, hedge], "0", "cheapest", undefined, { at: deskWith(terms) }).plan!.steps[0]!.action;
  expect(chosen({ funding: { BTC: dec("0.00001") } })).toMatchObject({ reduceOnly: false });
  expect(chosen({ funding: { BTC: dec("-0.0001") } })).toMatchObject({ reduceOnly: true });
});
