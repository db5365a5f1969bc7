import { describe, expect, test } from "vitest";
import { accountData } from "./account-data.ts";
import { categoryOf, countsFor } from "./e-mode.ts";
import { type Pair, liquidationAmounts } from "./liquidation-amounts.ts";
import { liquidationCall } from "./liquidation-call.ts";
import { readPositions } from "./position.ts";
import { type Priced, pricePositions } from "./prices.ts";
import { readReserveConfig } from "./reserve-config.ts";
import { revisionOf } from "./revision.ts";
import type { Rules } from "./terms.ts";
import { type Has, accountOf, ethereum, reserveOf, sceneOf } from "./testing/account.ts";
import { MAX_UINT256, RAY } from "./wad-ray-math.ts";

// Status of all of this: documentation (docs/3.7 of aave-v3-origin); release 3.7 is not on npm to be proved against.
const under = (rules: Rules) => ({ ...ethereum, rules });
const wei = 10n ** 18n;

function pairOf(rules: Rules, eth: bigint, usdc: bigint, weth: bigint): Pair {
  const terms = under(rules);
  const body = accountOf(terms, [
    { asset: "WETH", supplied: weth },
    { asset: "USDC", owed: 20_000_000000n },
  ]);
  const positions = readPositions(body, terms);
  const priced = positions.ok ? pricePositions(positions.value, sceneOf(terms, { WETH: eth, USDC: usdc })) : positions;
  if (!priced.ok) throw new Error(priced.failure.code);
  const of = (asset: string): Priced => priced.value.find((each) => each.terms.asset === asset)!;
  return { collateral: of("WETH"), debt: of("USDC") };
}

// WETH: bonus 5 %, protocol fee 10 % of the bonus.
// source: docs/3.7/liquidation-rounding.md, LiquidationLogic of 3.6.0 and of core-v3 1.19.3; figures worked separately in integer
// arithmetic (another program)
// oxfmt-ignore
describe.each([
  // case                WETH                  price of WETH      price of USDC  covered
  ["even figures",       10n * wei,            2000_00000000n,    1_00000000n,   8350_000000n],
  ["odd prices",         10n * wei + 1n,       1999_99999999n,    99999999n,     8350_000001n],
  ["capped",             10n * wei,            1751_00000000n,    1_00000000n,   17600_000000n],
  ["one unit of debt",   10n * wei,            2400_00000001n,    1_00000000n,   1n],
  ["a small odd cover",  10n * wei,            2345_67891234n,    1_00000001n,   1234_567891n],
] as const)("%s", (name, weth, eth, usdc, covered) => {
  const expected = {
    "even figures":      { "v3.0": [8350_000000n, 4362875000000000000n, 20875000000000000n], r10: [8350_000000n, 4362875000000000000n, 20875000000000000n], r11: [8350_000000n, 4362875000000000000n, 20875000000000000n] },
    "odd prices":        { "v3.0": [8350_000001n, 4362874956915564369n, 20874999793854375n], r10: [8350_000001n, 4362874956915564369n, 20874999793854375n], r11: [8350_000001n, 4362874956915564368n, 20874999793854375n] },
    "capped":            { "v3.0": [16676_190476n, 9952380952380952381n, 47619047619047619n], r10: [16676_190477n, 9952380952380952381n, 47619047619047619n], r11: [16676_190477n, 9952380952380952380n, 47619047619047620n] },
    "one unit of debt":  { "v3.0": [1n, 435416666n, 2083333n], r10: [1n, 435416666n, 2083333n], r11: [1n, 435416665n, 2083334n] },
    "a small odd cover": { "v3.0": [1234_567891n, 550000024389200994n, 2631579064063163n], r10: [1234_567891n, 550000024389200994n, 2631579064063163n], r11: [1234_567891n, 550000024389200993n, 2631579064063163n] },
  }[name];
  test.each(["v3.0", "r10", "r11"] as const)("under %s", (rules) => {
    const { repaid, seized, fee } = liquidationAmounts(pairOf(rules, eth, usdc, weth), covered, revisionOf({ rules }));
    expect([repaid, seized, fee]).toEqual(expected[rules]);
  });
});

const call = { collateral: "WETH", debt: "USDC", debtToCover: MAX_UINT256, receiveAToken: false };
const lots = { virtualBalance: 10n ** 30n, scaledSupply: 10n ** 30n, scaledDebt: 10n ** 30n };

test("the last collateral is told by the scaled aTokens that go, each part rounded up", () => {
  const terms = under("r11");
  const body = accountOf(terms, [{ asset: "WBTC", supplied: 1_000n, pool: { liquidityIndex: 3n * RAY } }]);
  const scene = sceneOf(terms, { WBTC: 60_000_00000000n });
  const positions = readPositions(body, terms);
  const priced = positions.ok ? pricePositions(positions.value, scene) : positions;
  if (!priced.ok) throw new Error(priced.failure.code);
  const [collateral] = priced.value;
  if (collateral === undefined) throw new Error("no position");
  // 3,000 satoshi stand for 1,000 scaled tokens; a satoshi is worth 60,000 units of a hundred-millionth of a dollar.
  expect(collateral.supplied).toBe(3_000n);
  const total = 3_000n * 60_000n;
  const emptied = (rules: Rules, seized: bigint, fee: bigint) =>
    revisionOf({ rules }).liquidation.emptied(
      { collateral, debt: collateral },
      { repaid: 1n, seized, fee, leavingValue: (seized + fee) * 60_000n },
      total,
    );
  const all = (seized: bigint, fee: bigint) =>
    (["v3.0", "r10", "r11"] as const).map((rules) => emptied(rules, seized, fee));
  // 2,985 and 14 take 995 and 5 scaled tokens, all of them, although a satoshi seems to stay; 2,985 and 12 leave one token.
  expect(all(2_985n, 14n)).toEqual([false, false, true]);
  expect(all(2_985n, 12n)).toEqual([false, false, false]);
  expect(all(2_985n, 15n)).toEqual([false, true, true]);
});

test("no sentinel holds a liquidation up, whatever the provider still names", () => {
  const has: readonly Has[] = [
    { asset: "WETH", supplied: 10n * wei, pool: lots },
    { asset: "USDC", owed: 16_700_000000n, pool: lots },
  ];
  const down = { sentinel: { borrowAllowed: false, liquidationAllowed: false } };
  const outcome = (rules: Rules) => {
    const terms = under(rules);
    const scene = sceneOf(terms, { WETH: 2_000_00000000n, USDC: 1_00000000n });
    const done = liquidationCall(accountOf(terms, has, down), scene, call);
    return done.ok ? "allowed" : done.failure.facts["revert"];
  };
  expect([outcome("r11"), outcome("r10"), outcome("v3.0")]).toEqual([
    "allowed",
    "PriceOracleSentinelCheckFailed",
    "PriceOracleSentinelCheckFailed",
  ]);
});

test("in an isolated category, collateral outside it lends nothing but protects as before", () => {
  const terms = { ...under("r11"), eModes: ethereum.eModes.map((each) => ({ ...each, isolated: true })) };
  const [category] = terms.eModes;
  const outside = reserveOf(terms, "WBTC");
  expect(countsFor(outside, categoryOf(terms, category!.id))).toMatchObject({
    ltv: 0n,
    liquidationThreshold: outside.liquidationThreshold,
    liquidationBonus: outside.liquidationBonus,
  });
  expect(countsFor(reserveOf(terms, "WETH"), category)).toMatchObject({ ltv: category!.ltv });
  const has: readonly Has[] = [
    { asset: "WBTC", supplied: 10n ** 8n },
    { asset: "WETH", owed: wei },
  ];
  const scene = sceneOf(terms, { WBTC: 60_000_00000000n, WETH: 3_000_00000000n });
  const positions = readPositions(accountOf(terms, has, { eMode: category!.id }), terms);
  const priced = positions.ok ? pricePositions(positions.value, scene) : positions;
  if (!priced.ok) throw new Error(priced.failure.code);
  expect(accountData(priced.value, revisionOf(terms))).toMatchObject({
    ltv: 0n,
    availableBorrows: 0n,
    hasZeroLtvCollateral: true,
    liquidationThreshold: outside.liquidationThreshold,
  });
});

test("what isolation mode and siloed borrowing left in a configuration is not read any more", () => {
  const word = (5_000n << 212n) | (1n << 61n) | (1n << 62n) | (8_000n << 16n) | 7_500n;
  expect(readReserveConfig(word, "r10")).toMatchObject({ debtCeiling: 5_000n, siloedBorrowing: true, ltv: 7_500n });
  expect(readReserveConfig(word, "r11")).toMatchObject({ debtCeiling: 0n, siloedBorrowing: false, ltv: 7_500n });
  expect(readReserveConfig(word, "r11").borrowableInIsolation).toBe(false);
});
