import { dec } from "@plimsoll/core/units";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountData } from "./account-data.ts";
import { assessAave } from "./assess.ts";
import { healthFromSum, healthUint, isLiquidatable } from "./health.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { aaveAccount } from "./names.ts";
import { readPositions } from "./position.ts";
import { pricePositions } from "./prices.ts";
import { revisionOf } from "./revision.ts";
import { type Has, accountOf, ethereum, reserveOf, sceneOf } from "./testing/account.ts";
import { accounts } from "./testing/states.ts";
import { MAX_UINT256 } from "./wad-ray-math.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 100);

// source: formula of aave-v3-origin 3.6.0 GenericLogic.sol, figures worked separately in integer arithmetic
// oxfmt-ignore
test.each([
  // case                        collateral         threshold  debt              health
  ["one cent above the line",    10_000_00000000n,  8_300n,    8_299_99000000n,  1_000001204820728699n],
  ["on the line is still safe",  10_000_00000000n,  8_300n,    8_300_00000000n,  1_000000000000000000n],
  ["one cent below the line",    10_000_00000000n,  8_300n,    8_300_01000000n,    999998795182174479n],
  ["half up, before it is cut",  912159_59160812n,  8_300n,    676787_51834941n, 1_118656063399605997n],
] as const)("%s", (_case, value, threshold, debt, health) => {
  expect(healthFromSum({ weighted: value * threshold, debt, collateral: value, average: threshold })).toBe(health);
  expect(isLiquidatable(health)).toBe(health < 10n ** 18n);
});

test("without debt there is no health; the contract says its largest number", () => {
  expect(healthFromSum({ weighted: 1n, debt: 0n, collateral: 1n, average: 1n })).toBe("no-debt");
  expect(healthUint("no-debt")).toBe(MAX_UINT256);
  expect(isLiquidatable("no-debt")).toBe(false);
});

const dataOf = (body: AaveBody, scene: ReturnType<typeof sceneOf>) => {
  const positions = readPositions(body, scene.terms.body);
  const priced = positions.ok ? pricePositions(positions.value, scene) : positions;
  if (!priced.ok) throw new Error(priced.failure.code);
  return accountData(priced.value, revisionOf(ethereum));
};

describe("what getUserAccountData answers", () => {
  const prices = {
    WETH: 3042_17654321n,
    WBTC: 98765_43210987n,
    wstETH: 3456_78901234n,
    USDC: 99987654n,
    DAI: 1_00012345n,
  };
  const weth = { asset: "WETH", supplied: 1_234567890123456789n };
  const wbtc = { asset: "WBTC", supplied: 12345678n };
  const wsteth = { asset: "wstETH", supplied: 7_654321098765432109n };
  const debts = [
    { asset: "USDC", owed: 1234_567891n },
    { asset: "DAI", owed: 4321_098765432109876543n },
  ];
  const wethDebt = { asset: "WETH", owed: 3_000000000000000001n };
  const ltvZero: AaveTerms = { ...ethereum, eModes: [{ ...ethereum.eModes[0]!, ltvZeroBitmap: 2n }] };
  const idle = { asset: "DAI", supplied: 10n ** 24n, collateral: false };
  // source: formulas of aave-v3-origin 3.6.0 GenericLogic.sol, figures worked separately in integer arithmetic
  // oxfmt-ignore
  test.each<[string, AaveTerms, number, readonly Has[], bigint, bigint, bigint, bigint, bigint | "no-debt", bigint, boolean]>([
    // case                             terms     e-mode  account                          collateral         debt              LTV     threshold  health                   available          zero LTV
    ["two collaterals, two debts",      ethereum, 0,      [weth, wbtc, ...debts],          15949_03569992n,   5556_04767633n,   7_476n, 7_917n,    2272845240970905785n,    6367_45141293n,    false],
    ["e-mode on one of them",           ethereum, 1,      [wsteth, wbtc, wethDebt],        38652_63529472n,   9126_52962964n,   8_463n, 8_826n,    3738328025556073068n,    23585_19562028n,   false],
    ["LTV zero in the e-mode",          ltvZero,  1,      [wsteth, wbtc, wethDebt],        38652_63529472n,   9126_52962964n,   2_302n, 8_826n,    3738328025556073068n,    0n,                true],
    ["no debt",                         ethereum, 0,      [weth],                          3755_77347633n,    0n,               8_050n, 8_300n,    "no-debt",               3023_39764844n,    false],
    ["less than one base unit each",    ethereum, 0,      [{ ...weth, supplied: 1n }, { asset: "DAI", owed: 1n }], 0n, 1n,       0n,     0n,        0n,                      0n,                false],
    ["supplied, but not as collateral", ethereum, 0,      [weth, idle],                    3755_77347633n,    0n,               8_050n, 8_300n,    "no-debt",               3023_39764844n,    false],
    ["nothing at all",                  ethereum, 0,      [],                              0n,                0n,               0n,     0n,        "no-debt",               0n,                false],
  ])("%s", (_case, terms, eMode, has, collateral, debt, ltv, liquidationThreshold, health, availableBorrows, hasZeroLtvCollateral) => {
    const data = dataOf(accountOf(terms, has, { eMode }), sceneOf(terms, prices));
    expect(data).toMatchObject({ collateral, debt, ltv, liquidationThreshold, health, availableBorrows, hasZeroLtvCollateral });
  });
});

test("a price with more digits than the oracle's gives the value that the formula has there", () => {
  const body = accountOf(ethereum, [
    { asset: "USDC", supplied: 2_000000n },
    { asset: "DAI", owed: 10n ** 18n },
  ]);
  const data = dataOf(body, sceneOf(ethereum, { USDC: dec("0.999999999999"), DAI: dec("1.000000000001") }));
  expect([data.collateral, data.debt]).toEqual([1_99999999n, 1_00000001n]);
});

test("what is missing is unknown and has no lines: a price, a reserve of the terms, a reserve of the snapshot", () => {
  const has = [
    { asset: "WETH", supplied: 10n ** 18n },
    { asset: "USDC", owed: 1_000000n },
    { asset: "DAI", supplied: 1n, collateral: false },
  ];
  const body = accountOf(ethereum, has);
  const fine = { WETH: 1_00000000n, USDC: 1_00000000n, DAI: 1_00000000n };
  const assess = (of: AaveBody, prices: Record<string, bigint>, terms = ethereum) => {
    const { equity, lines } = assessAave(of, aaveAccount("ethereum", "0xa"), sceneOf(terms, prices));
    return [equity.is === "unknown" ? equity.why.code : equity.is, lines.length];
  };
  const { USDC: _usdc, ...withoutUsdc } = fine;
  const { DAI: _dai, ...withoutDai } = fine;
  const unlisted = { ...ethereum, reserves: ethereum.reserves.filter(({ asset }) => asset !== "USDC") };
  const cut = { ...body, reserves: body.reserves.filter(({ id }) => id !== reserveOf(ethereum, "USDC").id) };
  expect(assess(body, fine)).toEqual(["known", 2]);
  expect(assess(body, withoutUsdc)).toEqual(["price-missing", 0]);
  expect(assess(body, { ...fine, USDC: 0n })).toEqual(["price-not-positive", 0]);
  expect(assess(body, fine, unlisted)).toEqual(["aave-v3/reserve-missing", 0]);
  expect(assess(cut, fine)).toEqual(["aave-v3/reserve-missing", 0]);
  // The contract does not look at what is not collateral; only the equity needs its price.
  expect(assess(body, withoutDai)).toEqual(["price-missing", 2]);
});

test("more collateral never lowers health, more debt never raises it", () => {
  fc.assert(
    fc.property(accounts, fc.bigInt({ min: 1n, max: 10n ** 24n }), ({ body, scene }, more) => {
      const health = (field: "scaledSupply" | "scaledDebt") => {
        const reserves = body.reserves.map((held) =>
          held[field] === 0n ? held : { ...held, [field]: held[field] + more },
        );
        return healthUint(dataOf({ ...body, reserves }, scene).health);
      };
      const before = healthUint(dataOf(body, scene).health);
      expect(health("scaledSupply") >= before).toBe(true);
      expect(health("scaledDebt") <= before).toBe(true);
    }),
    { numRuns: runs },
  );
});
