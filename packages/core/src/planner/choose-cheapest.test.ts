import { createHash } from "node:crypto";
import type { Condition } from "@plimsoll/core/book";
import { type Guard, type Remedy, guardHash, hashWith } from "@plimsoll/core/policy";
import { assetId, dec, exact, holdingId, known, ms, subtract, toNumber } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Want } from "./draft.ts";
import type { Plan, Reserve } from "./plan.ts";
import { type Planned, planRescues } from "./plan-rescues.ts";
import { type DeskBody, boundDesk, deskAccount, deskHolding, deskScene, deskVenue } from "./testing/small-desk.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 40);
const hashOf = hashWith((bytes) => createHash("sha256").update(bytes).digest());

interface Case {
  readonly cash: number;
  readonly wallet: number;
  readonly btc: number;
  readonly sol: number;
  readonly target: number;
  readonly floor: number;
  readonly cap: number | undefined;
  readonly levels: readonly (readonly [worseBy: number, size: number])[] | undefined;
}
const cases: fc.Arbitrary<Case> = fc.record({
  cash: fc.integer({ min: 300, max: 6_000 }),
  wallet: fc.integer({ min: 0, max: 20 }).map((units) => units * 200),
  btc: fc.integer({ min: -10, max: 10 }),
  sol: fc.integer({ min: 1, max: 10 }),
  target: fc.integer({ min: 120, max: 400 }),
  floor: fc.constantFrom(0, 200, 1_000),
  cap: fc.constantFrom(undefined, undefined, 600, 1_400),
  levels: fc.option(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 4 }),
    { nil: undefined },
  ),
});

const prices = { BTC: dec("50000"), SOL: dec("100") };
const scene = deskScene(prices, { lots: { BTC: dec("0.1"), SOL: dec("10") }, unit: exact(200n) });
const bodyOf = ({ cash, wallet, btc, sol }: Case): DeskBody => ({
  cash: exact(BigInt(cash)),
  wallet: { USDC: exact(BigInt(wallet)) },
  posted: {},
  positions: {
    ...(btc !== 0 && { BTC: { size: exact(BigInt(btc), 1), entry: dec("50000") } }),
    SOL: { size: exact(BigInt(sol * 10)), entry: dec("100") },
  },
});
/** The book of SOL: each level worse than the mark by tenths of a percent, sizes in tens. */
const bookOf = ({ levels }: Case): Condition | undefined => {
  if (levels === undefined) return undefined;
  const bids = levels
    .toSorted(([a], [b]) => a - b)
    .map(([worse, size]) => [subtract(exact(100n), exact(BigInt(worse), 1)), exact(BigInt(size))] as const);
  return { type: "depth", venue: deskVenue, instrument: "SOL", depth: { bids, asks: [], at: ms(1) } };
};
const ladder: readonly Remedy[] = [
  { use: "supply", asset: assetId("USDC"), most: dec("3000") },
  { use: "reduce", instrument: "BTC", slippage: dec("0.005") },
  { use: "reduce", instrument: "SOL", slippage: dec("0.005") },
];
const guardOf = ({ target }: Case, allowed: readonly Remedy[], choose: NonNullable<Guard["choose"]>): Guard => {
  const at = exact(BigInt(target), 2);
  return {
    id: "g",
    name: "keep it afloat",
    scope: { holding: holdingId("desk:me") },
    trigger: { when: "health", line: "maintenance", below: at, release: at, urgent: dec("1") },
    target: { want: "health", at },
    ladder: allowed,
    choose,
    bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(30_000), perDay: 10 },
    mode: "armed",
  };
};
const reserveOf = ({ wallet, floor, cap }: Case, holding: Reserve["holding"]): Reserve => ({
  ...{ asset: assetId("USDC"), at: deskVenue, holding, free: known(exact(BigInt(wallet)), ms(0)) },
  ...{ floor: exact(BigInt(floor)), kind: "plain", yearly: dec("0.12") },
  ...(cap !== undefined && { caps: [{ account: deskAccount, most: exact(BigInt(cap)) }] }),
});

function planFor(one: Case, allowed = ladder, choose: NonNullable<Guard["choose"]> = "cheapest"): Planned {
  const holding = deskHolding(bodyOf(one));
  const guard = guardOf(one, allowed, choose);
  const want: Want = {
    ...{ guard, version: guardHash(hashOf, guard), account: deskAccount },
    ...{ urgent: false, because: "health is low", left: {} },
  };
  const book = bookOf(one);
  const start = {
    field: {
      grounds: new Map([[holding.id, { engine: boundDesk, holding, scene }]]),
      conditions: new Map(book === undefined ? [] : [["depth/desk/SOL", book] as const]),
    },
    reserves: [reserveOf(one, holding.id)],
    spent: [],
  };
  return planRescues(start, [want], "armed", hashOf);
}
const costOf = (plan: Plan | undefined): number => (plan === undefined ? 0 : toNumber(plan.cost));

/** Every amount of every remedy, priced by hand: 0.05 % of what is traded, what the book takes or 0.5 %, 1 % a month of what is posted. */
function byGrid(one: Case): number {
  const { cash, wallet, btc, sol, target, floor, cap } = one;
  let best = Infinity;
  // bought and sold at the mark: the account is worth its cash, and is given no more than that
  const most = Math.floor(Math.min(3_000, Math.max(0, wallet - floor), cap ?? Infinity, cash) / 200);
  for (let posts = 0; posts <= most; posts++)
    for (let sold = 0; sold <= Math.abs(btc); sold++)
      for (let cut = 0; cut <= sol; cut++) {
        const [btcSize, solSize] = [sold / 10, cut * 10];
        // what an order can lose at worst stands in the account; what it is likely to lose is its cost
        const limit = { btc: btc > 0 ? 49_750 : 50_250, sol: 99.5 };
        const atWorst = btcSize * 250 + solSize * 0.5 + 0.0005 * (btcSize * limit.btc + solSize * limit.sol);
        const need = [Math.abs(btc) * 5_000 - btcSize * 50_000, sol * 1_000 - solSize * 100]
          .map((value) => Math.min(value, 50_000) * 0.05 + Math.max(0, value - 50_000) * 0.1)
          .reduce((a, b) => a + b);
        const have = cash - atWorst + posts * 200 * 0.95;
        if (have < 0 || have * 100 < target * need - 1e-6) continue;
        // the fee is of the price paid: what slips off the price slips off the fee of a sale too
        const ofBtc = btcSize * (25 + 250 + (btc > 0 ? -0.125 : 0.125));
        const ofSol = solSize * 0.05 + solImpact(one, solSize) * 0.9995;
        const cost = ofBtc + ofSol + (posts * 200 * 0.12 * 30) / 365;
        best = Math.min(best, cost);
      }
  return best;
}

/** What selling takes off the mark: level by level down to 99.5, and the rest at 99.5. */
function solImpact({ levels }: Case, size: number): number {
  if (levels === undefined) return size * 0.5;
  let [left, lost] = [size, 0];
  for (const [worse, offered] of levels.toSorted(([a], [b]) => a - b)) {
    if (worse > 5) break;
    const taken = Math.min(left, offered);
    lost += (taken * worse) / 10;
    left -= taken;
  }
  return lost + left * 0.5;
}

function compareWithGrid(one: Case): "nothing done" | "the best of the grid" | "within its gap" {
  const { plan, shortfalls } = planFor(one);
  const grid = byGrid(one);
  if (shortfalls.length > 0) {
    expect(grid).toBe(Infinity);
    return "nothing done";
  }
  const cost = costOf(plan);
  const slack = 1e-6 * (1 + cost);
  expect(cost).toBeGreaterThanOrEqual(grid - slack);
  expect(cost - toNumber(plan?.gap ?? exact(0n))).toBeLessThanOrEqual(grid + slack);
  if (plan === undefined) return "nothing done";
  return cost <= grid + slack ? "the best of the grid" : "within its gap";
}

test("every amount of every remedy tried: none is cheaper than the plan less its gap, and hardly any than the plan", () => {
  let [reached, best] = [0, 0];
  fc.assert(
    fc.property(cases, (one) => {
      const found = compareWithGrid(one);
      if (found === "nothing done") return;
      reached++;
      if (found === "the best of the grid") best++;
    }),
    { numRuns },
  );
  expect(reached).toBeGreaterThan(numRuns / 8);
  expect(best / reached).toBeGreaterThan(0.8);
});

test("more that is allowed never costs more, so no remedy alone is cheaper than what is chosen", () => {
  let compared = 0;
  const fewer = ladder.flatMap((_, left) => [ladder.filter((__, place) => place !== left), [ladder[left]!]]);
  fc.assert(
    fc.property(cases, fc.nat({ max: fewer.length - 1 }), (one, pick) => {
      const narrow = planFor(one, fewer[pick]!);
      if (narrow.shortfalls.length > 0 || narrow.plan === undefined) return;
      compared++;
      const wide = planFor(one);
      expect(wide.shortfalls).toEqual([]);
      expect(costOf(wide.plan)).toBeLessThanOrEqual(costOf(narrow.plan) + 1e-9);
    }),
    { numRuns },
  );
  expect(compared).toBeGreaterThanOrEqual(numRuns / 20);
});

test("a plan leaves the reserve its floor and gives an account no more than its cap, reached or not", () => {
  fc.assert(
    fc.property(cases, (one) => {
      const { plan } = planFor(one);
      const posted = (plan?.steps ?? []).map(({ action }) =>
        action.do === "supply" && action.amount !== "all" ? toNumber(action.amount) : 0,
      );
      const room = Math.min(Math.max(0, one.wallet - one.floor), one.cap ?? Infinity, 3_000, one.cash);
      expect(posted.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(room);
    }),
    { numRuns },
  );
});

test("the plan says what it costs, what it sells, where it stands before and after, and what else was possible for how much", () => {
  const one: Case = {
    ...{ cash: 4_000, wallet: 600, btc: 10, sol: 1 },
    target: 200,
    floor: 200,
    cap: undefined,
    levels: undefined,
  };
  const { plan } = planFor(one);
  // health 4,000 / 2,550; both 400 dollars above the floor and some bitcoin are needed for 2
  expect(plan!.steps.map(({ action }) => action.do).toSorted()).toEqual(["order", "supply"]);
  expect(plan!.realisesSale).toMatchObject([{ instrument: "BTC" }]);
  expect(plan!.costParts.map(({ of, is }) => `${of} ${is}`).toSorted()).toEqual([
    "fee exact",
    "gas not-counted",
    "lost carry estimate",
    "spread and impact at-most",
  ]);
  expect(plan!.before[0]!.lines[0]!.health.digits).toBeLessThan(plan!.after[0]!.lines[0]!.health.digits);
  expect(plan!.alternatives.map(({ what }) => what)).toEqual([
    "supply USDC alone",
    expect.stringMatching(/^reduce BTC/),
    "reduce SOL alone",
  ]);
  const { plan: again } = planFor(one);
  expect(again!.hash).toBe(plan!.hash);
});

test("a guard may insist on its order: then the first that reaches is taken, whatever it costs", () => {
  const one: Case = {
    ...{ cash: 4_000, wallet: 4_000, btc: 5, sol: 1 },
    target: 350,
    floor: 0,
    cap: undefined,
    levels: undefined,
  };
  const order = [ladder[1]!, ladder[0]!];
  const [cheapest, written] = [planFor(one, order), planFor(one, order, "as-written")];
  expect(cheapest.plan!.steps.map(({ action }) => action.do)).toEqual(["supply"]);
  expect(written.plan!.steps.map(({ action }) => action.do)).toEqual(["order"]);
  expect(costOf(written.plan)).toBeGreaterThan(costOf(cheapest.plan));
});

test("a target that nothing reaches: all that helps is planned, and the shortfall says how near that comes and why not nearer", () => {
  const one: Case = {
    ...{ cash: 2_000, wallet: 200, btc: 1, sol: 10 },
    target: 1_000,
    floor: 200,
    cap: undefined,
    levels: undefined,
  };
  const { shortfalls, plan } = planFor(one, [ladder[0]!, ladder[2]!]);
  expect(shortfalls[0]!.why).toMatchObject({
    code: "target-out-of-reach",
    facts: { target: "10.00", unusable: expect.stringContaining("the reserve holds 0 above its floor") },
  });
  expect(Number(shortfalls[0]!.why.facts["nearest"])).toBeCloseTo(toNumber(plan!.after[0]!.lines[0]!.health), 9);
  expect(plan!.realisesSale).toMatchObject([{ instrument: "SOL" }]);
});

test("more candidates than sets can be tried of: the cheapest of them in whole steps, and what may be left in the gap", () => {
  const assets = Array.from({ length: 14 }, (_, index) => `USD${index}`);
  const many = deskScene(
    { BTC: dec("50000") },
    { weights: Object.fromEntries(assets.map((asset) => [asset, dec("1")])), lots: {}, unit: exact(1n) },
  );
  const holding = deskHolding({
    ...{ cash: dec("2000"), wallet: Object.fromEntries(assets.map((asset) => [asset, dec("100")])), posted: {} },
    positions: { BTC: { size: dec("1"), entry: dec("50000") } },
  });
  const reserves = assets.map((asset, index): Reserve => ({
    ...{ asset: assetId(asset), at: deskVenue, holding: holding.id, free: known(dec("100"), ms(0)), floor: dec("0") },
    ...{ kind: "plain", yearly: exact(BigInt(14 - index), 2) },
  }));
  const posts = assets.map((asset): Remedy => ({ use: "supply", asset: assetId(asset), most: dec("100") }));
  const guard: Guard = { ...guardOf({ target: 122 } as Case, posts, "cheapest") };
  const want: Want = {
    ...{ guard, version: guardHash(hashOf, guard), account: deskAccount },
    ...{ urgent: false, because: "health is low", left: {} },
  };
  const field = {
    grounds: new Map([[holding.id, { engine: boundDesk, holding, scene: many }]]),
    conditions: new Map(),
  };
  const { plan, shortfalls } = planRescues({ field, reserves, spent: [] }, [want], "armed", hashOf);
  expect(shortfalls).toEqual([]);
  // 1.22 * 2,500 less 2,000 is 1,050: the ten cheapest whole and half of the eleventh
  const used = plan!.steps.flatMap(({ action }) =>
    action.do === "supply" && action.amount !== "all" ? [[String(action.asset), toNumber(action.amount)] as const] : [],
  );
  expect(new Map(used)).toEqual(new Map([...assets.slice(4).map((asset) => [asset, 100] as const), ["USD3", 50]]));
  expect(toNumber(plan!.gap)).toBeLessThan(1e-6);
});
