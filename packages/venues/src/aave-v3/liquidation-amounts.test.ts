import fc from "fast-check";
import { expect, test } from "vitest";
import { accountData } from "./account-data.ts";
import { type Pair, largestCover, halfOfAccount, leavesDust, liquidationAmounts } from "./liquidation-amounts.ts";
import { readPositions } from "./position.ts";
import { type Priced, pricePositions } from "./prices.ts";
import { revisionOf } from "./revision.ts";
import { accountOf, ethereum, reserveOf, sceneOf } from "./testing/account.ts";
import type { AaveTerms } from "./terms.ts";

const r10 = revisionOf({ rules: "r10" });
const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 100);

function pairOf(terms: AaveTerms, collateral: Side, debt: Side) {
  const body = accountOf(terms, [
    { asset: collateral.asset, supplied: collateral.amount },
    { asset: debt.asset, owed: debt.amount },
  ]);
  const scene = sceneOf(terms, { [collateral.asset]: collateral.price, [debt.asset]: debt.price });
  const positions = readPositions(body, terms);
  if (!positions.ok) throw new Error(positions.failure.code);
  const priced = pricePositions(positions.value, scene);
  if (!priced.ok) throw new Error(priced.failure.code);
  const of = (asset: string): Priced => priced.value.find((each) => each.terms.asset === asset)!;
  const pair: Pair = { collateral: of(collateral.asset), debt: of(debt.asset) };
  return { pair, data: accountData(priced.value, r10) };
}
interface Side {
  readonly asset: string;
  readonly amount: bigint;
  readonly price: bigint;
}
const weth = (amount: bigint, price: bigint): Side => ({ asset: "WETH", amount, price });
const usdc = (amount: bigint, price = 1_00000000n): Side => ({ asset: "USDC", amount, price });
const wei = 10n ** 18n;
const everything = 2n ** 256n;

// WETH: threshold 83 %, bonus 5 %, protocol fee 10 % of the bonus.
// source: formulas of aave-v3-origin 3.6.0 LiquidationLogic.sol, figures worked separately in integer arithmetic
// oxfmt-ignore
test.each([
  // case                                 collateral                              debt                               covered          health                   most            repaid          seized                  fee                  leaving value      dust
  ["half of the debt above 0.95",         weth(10n * wei, 2000_00000000n),        usdc(16_700_000000n),              everything,      994011976047904191n,     8350_000000n,   8350_000000n,   4362875000000000000n,   20875000000000000n,  8767_50000000n,    false],
  ["half, at odd prices",                 weth(10n * wei + 1n, 1999_99999999n),   usdc(16_700_000001n, 99999999n),   everything,      994011985923532315n,     8350_000000n,   8350_000000n,   4362874956393064374n,   20874999791354375n,  8767_49991232n,    false],
  ["all of it at or below 0.95",          weth(10n * wei, 2000_00000000n),        usdc(17_500_000000n),              everything,      948571428571428571n,     17500_000000n,  17500_000000n,  9143750000000000000n,   43750000000000000n,  18375_00000000n,   false],
  ["capped by the collateral",            weth(10n * wei, 1750_00000000n),        usdc(17_500_000000n),              everything,      830000000000000000n,     17500_000000n,  16666_666667n,  9952380952380952381n,   47619047619047619n,  17500_00000000n,   false],
  ["all of it below 2,000",               weth(1n * wei, 1900_00000000n),         usdc(1_600_000000n),               everything,      985625000000000000n,     1600_000000n,   1600_000000n,   879999999999999999n,    4210526315789474n,   1679_99999999n,    false],
  ["what a liquidator asks for",          weth(10n * wei, 2000_00000000n),        usdc(16_700_000000n),              1234_567891n,    994011976047904191n,     8350_000000n,   1234_567891n,   645061723047500000n,    3086419727500000n,   1296_29628555n,    false],
  ["less than 1,000 would be left",       weth(10n * wei, 2000_00000000n),        usdc(17_500_000000n),              17000_000000n,   948571428571428571n,     17500_000000n,  17000_000000n,  8882500000000000000n,   42500000000000000n,  17850_00000000n,   true],
  ["all of it at exactly 0.95",           weth(10n * wei, 1900_00000000n),        usdc(16_600_000000n),              everything,      950000000000000000n,     16600_000000n,  16600_000000n,  9129999999999999999n,   43684210526315790n,  17429_99999999n,   false],
  ["half of exactly 2,000",               weth(2n * wei, 1200_00000000n),         usdc(2_000_000000n),               everything,      996000000000000000n,     1000_000000n,   1000_000000n,   870833333333333333n,    4166666666666667n,   1050_00000000n,    false],
  ["capped, debt rounded up",             weth(10n * wei, 1751_00000000n),        usdc(17_600_000000n),              everything,      825755681818181818n,     17600_000000n,  16676_190477n,  9952380952380952381n,   47619047619047619n,  17510_00000000n,   false],
  ["less than 1,000 of collateral left",  weth(10n * wei, 1000_00000000n),        usdc(9_900_000000n),               8700_000000n,    838383838383838383n,     9900_000000n,   8700_000000n,   9091500000000000000n,   43500000000000000n,  9135_00000000n,    true],
] as const)("%s", (_case, collateral, debt, covered, health, most, repaid, seized, fee, leavingValue, dust) => {
  const { pair, data } = pairOf(ethereum, collateral, debt);
  expect(data.health).toBe(health);
  const cap = halfOfAccount(pair, data, ethereum.closeFactor, r10);
  expect(cap).toBe(most);
  const amounts = liquidationAmounts(pair, covered < cap ? covered : cap, r10);
  expect(amounts).toEqual({ repaid, seized, fee, leavingValue });
  expect(leavesDust(pair, amounts, ethereum.closeFactor)).toBe(dust);
});

test("the close factor counts the whole account's debt, and dust bounds what one call may repay", () => {
  const body = accountOf(ethereum, [
    { asset: "WETH", supplied: 24n * 10n ** 17n },
    { asset: "USDC", owed: 2_100_000000n },
    { asset: "DAI", owed: 1_900n * wei },
  ]);
  const scene = sceneOf(ethereum, { WETH: 2_000_00000000n, USDC: 1_00000000n, DAI: 1_00000000n });
  const positions = readPositions(body, ethereum);
  const priced = positions.ok ? pricePositions(positions.value, scene) : positions;
  if (!priced.ok) throw new Error(priced.failure.code);
  const [collateral, debt] = priced.value;
  const pair = { collateral: collateral!, debt: debt! };
  const data = accountData(priced.value, r10);
  // 4,800 * 0.83 / 4,000 = 0.996: half of 4,000 is 2,000, which would leave 100 of 2,100; 1,100 leaves exactly 1,000.
  expect(data.health).toBe(996000000000000000n);
  expect(halfOfAccount(pair, data, ethereum.closeFactor, r10)).toBe(2_000_000000n);
  // One unit more would leave 999.999999 USDC.
  expect(largestCover(pair, data, ethereum.closeFactor, r10)).toBe(1_100_000000n);
});

test("a call repays at most what is owed and takes at most what is there; the largest clean cover is clean and the next is not", () => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 24n });
  const price = fc.bigInt({ min: 1n, max: 10n ** 13n });
  fc.assert(
    fc.property(amount, amount, price, price, (supplied, owed, pc, pd) => {
      const debt = { asset: "DAI", amount: owed, price: pd };
      const { pair, data } = pairOf(ethereum, weth(supplied, pc), debt);
      const cap = halfOfAccount(pair, data, ethereum.closeFactor, r10);
      const amounts = liquidationAmounts(pair, cap, r10);
      expect(cap <= owed).toBe(true);
      expect(amounts.seized + amounts.fee <= supplied).toBe(true);
      const cover = largestCover(pair, data, ethereum.closeFactor, r10);
      const dusty = (units: bigint) => leavesDust(pair, liquidationAmounts(pair, units, r10), ethereum.closeFactor);
      if (cover > 0n) expect(dusty(cover)).toBe(false);
      if (cover < cap) expect(dusty(cover + 1n)).toBe(true);
    }),
    { numRuns: runs },
  );
});

test("the terms of this table are the shipped ones", () => {
  const { liquidationThreshold, liquidationBonus, liquidationProtocolFee } = reserveOf(ethereum, "WETH");
  expect([liquidationThreshold, liquidationBonus, liquidationProtocolFee]).toEqual([8_300n, 10_500n, 1_000n]);
});
