import { exact, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { WAD } from "./constants.ts";
import { incentiveFactor, lowestHealthyPrice, maxBorrow } from "./health.ts";
import { accrue, borrowSide, compounded } from "./interest.ts";
import { readPrice } from "./price.ts";
import { toAssetsUp } from "./shares.ts";
import { TERMS, marketNamed, sceneOf, totalsOf } from "./testing/builders.ts";

// source of all tables: formulas of morpho-blue 1.0.0, figures worked separately in integer arithmetic

// oxfmt-ignore
test.each([
  // LLTV        liquidation incentive, WAD
  ["38.5 %, at the most",  385n, 1_150000000000000000n],
  ["62.5 %",               625n, 1_126760563380281690n],
  ["77 %",                 770n, 1_074113856068743286n],
  ["86 %",                 860n, 1_043841336116910229n],
  ["91.5 %",               915n, 1_026167265264238070n],
  ["94.5 %",               945n, 1_016776817488561260n],
  ["98 %",                 980n, 1_006036217303822937n],
] as const)("incentive at an LLTV of %s", (_lltv, thousandths, factor) => {
  expect(incentiveFactor({ ...TERMS.markets[0]!, lltv: (thousandths * WAD) / 1_000n })).toBe(factor);
});

// oxfmt-ignore
test.each([
  // seconds       fee              growth                 borrowed             supplied             supply shares               debt of 1e18 shares
  ["none yet",     0n,              0n,                0n, 700_000000000001n,   900_000000000000n,   880_000000000000000000n,    1_014492753624n],
  ["1,000 s",      1_000n,          0n,                1585490855888n, 700_001109843600n, 900_001109843599n, 880_000000000000000000n, 1_014494362093n],
  ["30 days, 10 % fee",  2_592_000n,  WAD / 10n,       4118044969267205n, 702_882631478488n, 902_882631478487n, 880_281047144771586764n, 1_018670480404n],
  ["a year, 25 % fee",   31_536_000n, WAD / 4n,        51270833327093113n, 735_889583328966n, 935_889583328965n, 888_518245684596269531n, 1_066506642506n],
] as const)("interest of %s at 5 %% a year", (_case, seconds, fee, growth, borrowAssets, supplyAssets, supplyShares, debt) => {
  const before = { ...totalsOf(), borrowRate: 1_585_489_599n };
  const after = accrue(before, fee, before.lastUpdate + seconds);
  expect(compounded(before.borrowRate, seconds)).toBe(growth);
  expect([after.borrowAssets, after.supplyAssets, after.supplyShares]).toEqual([borrowAssets, supplyAssets, supplyShares]);
  expect(toAssetsUp(10n ** 18n, borrowSide(after))).toBe(debt);
});

// oxfmt-ignore
test.each([
  // market          collateral          price              debt                        most                       lowest healthy price
  ["wstETH-USDC",  10n * WAD,          exact(4_000n),     34_400_000000n,             34_400_000000n,            "4000.000000000000000000000000"],
  ["wstETH-USDC",  10n * WAD,          exact(4_000n),     34_400_000001n,             34_400_000000n,            "4000.000000200000000000000000"],
  ["WBTC-DAI",     123_456_789n,       exact(95_000n),    77_000n * WAD + 7n,         90_308_641153500000000000n, "81000.0007371000067076181610393252654578599156665253"],
  ["wstETH-WETH",  3n,                 exact(4n),         7n,                         11n,                       "2.666666666666666666666666666666666667"],
] as const)("%s: %d units at %o against %d", (name, collateral, value, debt, most, line) => {
  const market = marketNamed(name);
  const price = readPrice(TERMS, market, sceneOf({ [name]: value }));
  if (!price.ok) throw new Error(price.failure.code);
  expect(maxBorrow(collateral, price.value, market)).toBe(most);
  const lowest = lowestHealthyPrice(collateral, debt, market)!;
  expect(text(lowest)).toBe(line);
  const healthyAt = (digits: bigint) => {
    const at = readPrice(TERMS, market, sceneOf({ [name]: exact(digits, lowest.scale) }));
    return at.ok && maxBorrow(collateral, at.value, market) >= debt;
  };
  expect([healthyAt(lowest.digits), healthyAt(lowest.digits - 1n)]).toEqual([true, false]);
});

test("a price that is missing, or 0, is no price", () => {
  const market = marketNamed("wstETH-USDC");
  const read = (scene: Parameters<typeof readPrice>[2]) => readPrice(TERMS, market, scene);
  expect(read(sceneOf({}))).toMatchObject({ ok: false, failure: { code: "price-missing" } });
  expect(read(sceneOf({ "wstETH-USDC": exact(0n) }))).toMatchObject({ failure: { code: "price-not-positive" } });
});
