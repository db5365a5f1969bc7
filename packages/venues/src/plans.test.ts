import { createHash } from "node:crypto";
import type { Action, Condition, Holding } from "@plimsoll/core/book";
import { type BoundEngine, type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Plan, type Reserve, type Wish, planForGuard, planForHealth } from "@plimsoll/core/planner";
import { type Guard, hashWith } from "@plimsoll/core/policy";
import {
  accountKey,
  assetId,
  dec,
  exact,
  holdingId,
  known,
  ms,
  ok,
  quoteKey,
  toNumber,
  venueId,
} from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { aaveV3Margin } from "./aave-v3/margin.ts";
import * as onAave from "./aave-v3/testing/account.ts";
import { margin as binance } from "./binance/margin.ts";
import * as onBinance from "./binance/testing.ts";
import { compoundV3Margin } from "./compound-v3/margin.ts";
import { liquityV2Margin } from "./liquity-v2/margin.ts";
import { morphoBlueMargin } from "./morpho-blue/margin.ts";
import { skyMargin } from "./sky/margin.ts";

const hashOf = hashWith((bytes) => createHash("sha256").update(bytes).digest());
const trust = <T>(engine: MarginEngine<T, never, never>): BoundEngine =>
  bindEngine(
    engine as never,
    (raw) => ok(raw),
    (raw) => ok(raw),
    (effect) => ok(effect),
  );
const holdingOf = (id: string, venue: string, body: unknown, asOf: number): Holding => ({
  ...{ id: holdingId(id), venue: venueId(venue), rules: "test", asOf: ms(asOf), body },
});

interface Setting {
  readonly engine: BoundEngine;
  readonly holding: Holding;
  readonly scene: Scene<unknown>;
  readonly conditions?: readonly (readonly [string, Condition])[];
  readonly reserves?: readonly Reserve[];
}
function plan({ engine, holding, scene, conditions = [], reserves = [] }: Setting, wish: Omit<Wish, "holding">) {
  const field = { grounds: new Map([[holding.id, { engine, holding, scene }]]), conditions: new Map(conditions) };
  return planForHealth({ field, reserves, spent: [] }, { holding: holding.id, ...wish }, hashOf);
}

/** 1.2 of health on 100,000 or 10,000 dollars of debt against ether at 2,300, threshold 83 %; some of both in the wallet. */
const loan = (debt: bigint, repayable = debt): Setting => {
  const { ethereum, tokens } = onAave;
  const weth = (tokens(ethereum, "WETH", 1n) * debt * 1_200n) / (830n * 2_300n);
  const body = onAave.accountOf(ethereum, [
    { asset: "WETH", supplied: weth, wallet: weth },
    { asset: "USDC", owed: tokens(ethereum, "USDC", debt), wallet: tokens(ethereum, "USDC", repayable) },
  ]);
  const scene = onAave.sceneOf(ethereum, { WETH: 2_300_00000000n, USDC: 1_00000000n });
  return { engine: trust(aaveV3Margin as never), holding: holdingOf("me", "aave-v3", body, scene.now), scene };
};
const gas = (gwei: bigint): readonly [string, Condition] => [
  "gas/ethereum",
  { type: "gas", chain: "ethereum", price: exact(gwei, 9), inclusionBlocks: 3, at: ms(0) },
];
const repay = { use: "repay", asset: assetId("USDC"), most: dec("1000000") } as const;
const wish = { account: accountKey(""), health: dec("1.45"), allow: [repay] };
const on = (setting: Setting) => ({ ...wish, account: setting.engine.accounts(setting.holding)[0]! });
const parts = (made: Plan | undefined) => made?.costParts.map(({ of, is, amount }) => [of, is, toNumber(amount)]);

// Drill of 2024-08-05: gas at 700 gwei. A repayment of 250,000 gas after two allowances of 60,000 costs 0.259 ether, 595.70 dollars;
// half the debt closed at a bonus of 5 % is 2.5 % of the debt: 30 % of it is 750 dollars on a debt of 100,000 and 75 on one of 10,000.
test("gas counts as a share of the loss avoided: a large loan is saved at 700 gwei, a small one says why not", () => {
  const large = loan(100_000n);
  const saved = plan({ ...large, conditions: [gas(700n)] }, on(large));
  // 100,000 (1 - 1.2 / 1.45) = 17,241.38
  expect(saved.plan!.steps).toMatchObject([
    { action: { do: "repay" }, arrives: { usualMs: 36_000, worstMs: 360_000 } },
  ]);
  const [step] = saved.plan!.steps;
  if (step?.action.do !== "repay" || step.action.amount === "all") throw new Error("no repayment");
  expect(toNumber(step.action.amount)).toBeCloseTo(17_241.38, 0);
  expect(parts(saved.plan)).toEqual([["gas", "at-most", expect.closeTo(595.7, 6)]]);
  if (saved.plan!.doNothing.is !== "known") throw new Error("unknown");
  expect(toNumber(saved.plan!.doNothing.value)).toBeCloseTo(2_500, -1);
  // 30 % of that loss, in ether
  expect(toNumber(step.feeCap!)).toBeCloseTo(750 / 2_300, 2);
  const small = loan(10_000n);
  const left = plan({ ...small, conditions: [gas(700n)] }, on(small));
  expect(left.plan).toBeUndefined();
  expect(left.shortfalls[0]!.why.facts["unusable"]).toMatch(/gas of 595\.7 USD is more than 30\.0 % of the 250/);
  expect(plan({ ...small, conditions: [gas(20n)] }, on(small)).plan!.steps).toHaveLength(1);
});

// what each actor's message usually takes: its calls, and two allowances of 60,000 where the venue takes a token
const amount = { asset: assetId("X"), amount: dec("1") };
const ofX: readonly Action[] = (["supply", "repay", "withdraw"] as const).map((what) => ({ do: what, ...amount }));
// oxfmt-ignore
test.each([
  ["aave-v3",     aaveV3Margin,      [370_000n, 370_000n, 250_000n], 250_000n],
  ["compound-v3", compoundV3Margin,  [370_000n, 370_000n, 250_000n], 250_000n],
  ["morpho-blue", morphoBlueMargin,  [320_000n, 320_000n, 200_000n], 200_000n],
  ["sky",         skyMargin,         [470_000n, 470_000n, 350_000n], 350_000n],
  ["liquity-v2",  liquityV2Margin,   [620_000n, 500_000n, 500_000n], 500_000n],
  ["binance",     binance,           [undefined, undefined, undefined], undefined],
] as const)("a plan counts the gas that the actor of %s does", (_venue, engine, each, ofOwnSupply) => {
  const bound = trust(engine as never);
  expect(ofX.map((action) => bound.gas!(action))).toEqual(each);
  expect(bound.gas!({ do: "repay", ...amount, from: "own-supply" })).toBe(ofOwnSupply);
});

test("fees are counted in the coin of the chain; of one whose coin is not known they are not counted, and no cap is set", () => {
  const setting = loan(100_000n);
  const gasOn = (chain: string): readonly [string, Condition] => [
    `gas/${chain}`,
    { type: "gas", chain, price: exact(700n, 9), inclusionBlocks: 3, at: ms(0) },
  ];
  const made = (market: string | undefined, ...said: readonly string[]) =>
    plan(
      {
        ...{ ...setting, conditions: said.map(gasOn) },
        holding: { ...setting.holding, ...(market !== undefined && { market }) },
      },
      on(setting),
    ).plan!;
  const gasIn = ({ costParts, steps }: Plan) => [costParts[0], steps[0]!.feeCap === undefined] as const;
  const notCounted = (because: string) => [{ of: "gas", amount: exact(0n), is: "not-counted", because }, true];
  expect(toNumber(gasIn(made("arbitrum", "ethereum", "arbitrum"))[0]!.amount)).toBeCloseTo(595.7, 6);
  expect(gasIn(made("polygon", "polygon"))).toEqual(notCounted("no price says what POL is in USD"));
  expect(gasIn(made("polygon", "ethereum"))).toEqual(notCounted("the price of gas is not known"));
  expect(gasIn(made(undefined, "gnosis"))).toEqual(notCounted("in what coin gnosis takes its fees is not known"));
});

test("both remedies of a loan: what costs less of carry is used first; a stopped venue is asked for nothing", () => {
  const setting = loan(100_000n);
  const reserve = (asset: string, yearly: string): Reserve => ({
    ...{
      asset: assetId(asset),
      at: venueId("aave-v3"),
      holding: setting.holding.id,
      yearly: dec(yearly),
      kind: "plain",
    },
    ...{ free: known(dec("1000000"), ms(0)), floor: dec("0") },
  });
  const both = { ...on(setting), allow: [repay, { use: "supply", asset: assetId("WETH"), most: dec("100") } as const] };
  const uses = (reserves: readonly Reserve[]) =>
    plan({ ...setting, reserves }, both).plan!.steps.map(({ action }) => action.do);
  expect(uses([reserve("USDC", "0.09"), reserve("WETH", "0.01")])).toEqual(["supply"]);
  expect(uses([reserve("USDC", "0.01"), reserve("WETH", "0.09")])).toEqual(["repay"]);
  const state = { type: "venue-state", venue: venueId("aave-v3"), of: "orders", state: "halted", at: ms(0) } as const;
  const halted = plan({ ...setting, conditions: [["venue-state/aave-v3/orders", state]] }, both);
  expect(halted.plan).toBeUndefined();
  expect(halted.shortfalls[0]!.why.facts["unusable"]).toContain("aave-v3 is halted for orders");
});

// USDC fell to 0.875 on 2023-03-11: a reserve of it counts 12.5 % less where it stands in for something else, and in full where
// it pays a debt of its own kind.
test("a reserve that can fall counts less where it stands in for another unit, and whole against its own debt", () => {
  const setting = loan(100_000n);
  const reserve: Reserve = {
    ...{ asset: assetId("USDC"), at: venueId("aave-v3"), holding: setting.holding.id },
    ...{ free: known(dec("17300"), ms(0)), floor: dec("0") },
  };
  expect(plan({ ...setting, reserves: [reserve] }, on(setting)).shortfalls).toEqual([]);
  const staked: Reserve = { ...reserve, asset: assetId("WETH"), kind: "staked", free: known(dec("10"), ms(0)) };
  const supply = { ...on(setting), allow: [{ use: "supply", asset: assetId("WETH"), most: dec("100") } as const] };
  const made = plan({ ...setting, reserves: [staked] }, { ...supply, health: dec("3") });
  expect(made.plan!.steps).toMatchObject([{ action: { do: "supply" } }]);
  const [{ action }] = made.plan!.steps as [Plan["steps"][number]];
  // 10 ether less 6 %
  expect(action.do === "supply" && action.amount !== "all" && toNumber(action.amount)).toBe(9.4);
});

test("a desk on an exchange: the fee and the limit of each order, everything offered, in milliseconds", () => {
  const body = onBinance.bodyOf("6000", [
    onBinance.position("BTCUSDT", "1", "100000"),
    onBinance.position("ETHUSDT", "-20", "4000"),
  ]);
  const scene = onBinance.sceneOf(onBinance.MARKS);
  const setting = { engine: trust(binance as never), holding: holdingOf("desk", "binance", body, scene.now), scene };
  const started = performance.now();
  const made = plan(setting, { account: onBinance.CROSS, health: dec("20") });
  expect(performance.now() - started).toBeLessThan(200);
  expect(made.shortfalls).toEqual([]);
  expect(made.plan!.realisesSale.length).toBeGreaterThan(0);
  const [line] = made
    .plan!.after.find(({ account }) => account === onBinance.CROSS)!
    .lines.filter(({ name }) => name === "maintenance");
  expect(toNumber(line!.health)).toBeGreaterThanOrEqual(20);
  expect(parts(made.plan)!.map(([of, is]) => `${of} ${is}`)).toEqual(["fee exact", "spread and impact at-most"]);
  for (const { cost } of made.plan!.alternatives)
    if (cost !== undefined) expect(toNumber(cost)).toBeGreaterThanOrEqual(toNumber(made.plan!.cost) - 1e-9);
});

/** Halves one bitcoin by a hedge in another login, whose account is as the case says. */
function hedgeIn(wallet: string, positions: Parameters<typeof onBinance.bodyOf>[1]) {
  const scene = onBinance.sceneOf(onBinance.MARKS);
  const ground = (id: string, body: unknown) => ({
    ...{ engine: trust(binance as never), scene },
    holding: holdingOf(id, "binance", body, scene.now),
  });
  const own = ground("own", onBinance.bodyOf("30000", [onBinance.position("BTCUSDT", "1", "100000")]));
  const other = ground("other", onBinance.bodyOf(wallet, positions));
  const grounds = new Map([own, other].map((each) => [each.holding.id, each]));
  const guard: Guard = {
    ...{ id: "g", name: "halve it", scope: { holding: own.holding.id }, mode: "shadow" },
    trigger: {
      when: "price",
      quote: quoteKey("binance:BTCUSDT:mark"),
      kind: "mark",
      side: "at-or-below",
      at: dec("1"),
    },
    target: { want: "reduce", share: dec("0.5") },
    ladder: [
      {
        ...{ use: "hedge", holding: other.holding.id, instrument: "BTCUSDT" },
        ...{ slippage: dec("0.001"), most: dec("10") },
      },
    ],
    bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(30_000), perDay: 1 },
  };
  return planForGuard(
    { field: { grounds, conditions: new Map() }, reserves: [], spent: [] },
    guard,
    onBinance.CROSS,
    hashOf,
  );
}

test("a hedge counts its own margin and its own survival", () => {
  const [step] = hedgeIn("60000", []).plan!.steps;
  expect(step).toMatchObject({
    holding: "other",
    action: { side: "sell", size: dec("0.500"), hedges: "own/cross:USDT" },
  });
  // half a bitcoin is worth 50,000: 40,000 of margin open 0.4
  expect(hedgeIn("40000", []).shortfalls[0]!.why).toMatchObject({
    code: "hedge-too-small",
    facts: { wanted: "0.5", most: "0.4" },
  });
  // a short of 100 ether beside it dies of a rise that the hedge is to outlive
  const frail = hedgeIn("75000", [onBinance.position("ETHUSDT", "-100", "4000", { leverage: "20" })]).shortfalls[0]!
    .why;
  expect(frail.code).toBe("hedge-would-not-survive");
  expect(Number(frail.facts["distance"])).toBeLessThan(Number(frail.facts["asked"]));
});
