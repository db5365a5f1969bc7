import { exact, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { WAD } from "./constants.ts";
import { liquidateMorpho } from "./liquidate.ts";
import { liquidationCall } from "./liquidation-call.ts";
import { morphoAccount } from "./names.ts";
import { NOW, bodyOf, heldIn, sceneOf, totalsOf } from "./testing/builders.ts";

// 10 wstETH against 34,400 USDC, the market's only loan: a line at 4,000. Figures worked separately in integer arithmetic.
const debt = 34_400_000000n;
const held = heldIn("wstETH-USDC", {
  totals: totalsOf({
    supplyAssets: 50_000_000000n,
    supplyShares: 50_000_000000_000000n,
    borrowAssets: debt,
    borrowShares: debt * 1_000_000n,
    lastUpdate: NOW,
    borrowRate: 0n,
  }),
  borrowShares: debt * 1_000_000n,
  collateral: 10n * WAD,
});
const body = bodyOf([held]);
const account = morphoAccount("test", "me", "wstETH-USDC");
const at = (price: bigint) => sceneOf({ "wstETH-USDC": exact(price) });
const flows = (of: readonly { asset: string; amount: { digits: bigint; scale: number } }[]) =>
  of.map(({ asset, amount }) => `${text(amount)} ${asset}`);

test("on the line nothing is taken", () => {
  expect(liquidateMorpho(body, account, at(4_000n), "worst-for-owner")).toEqual([]);
});

test("all debt is repaid for its worth and the incentive; the rest stays the owner's", () => {
  const [step, ...more] = liquidateMorpho(body, account, at(3_900n), "worst-for-owner");
  expect([flows(step!.taken), flows(step!.badDebt), more.length]).toEqual([["9.207215887692307692 wstETH"], [], 0]);
  expect(step!.what).toBe("34400.000000 USDC repaid by a liquidator for wstETH");
  const [left] = step!.after.markets;
  expect([left!.borrowShares, left!.collateral]).toEqual([0n, 10n * WAD - 9_207215887692307692n]);
});

// oxfmt-ignore
test.each([
  // price    repaid             bad debt          the lenders' 50,000 after it
  [3_400n,  "32572.000001",    "1827.999999",    48_172_000001n],
  [3_000n,  "28740.000001",    "5659.999999",    44_340_000001n],
] as const)("at %d all collateral goes and the lenders lose the rest", (price, repaid, lost, supplied) => {
  const [step] = liquidateMorpho(body, account, at(price), "worst-for-owner");
  expect(step!.what).toBe(`${repaid} USDC repaid by a liquidator for wstETH`);
  expect([flows(step!.taken), flows(step!.badDebt)]).toEqual([["10.000000000000000000 wstETH"], [`${lost} USDC`]]);
  const [left] = step!.after.markets;
  expect([left!.borrowShares, left!.collateral, left!.totals.supplyAssets]).toEqual([0n, 0n, supplied]);
});

test("a fixed call takes what it names; nonsense takes nothing", () => {
  const taken = (...fixed: string[]) =>
    liquidateMorpho(body, account, at(3_900n), { fixed }).map((step) => [
      flows(step.taken)[0],
      step.what.split(" ")[0],
    ]);
  // 1 x 3,900 / 1.043841336116910229, rounded up; half of the shares of a debt of 34,400
  expect(taken("seize", "1")).toEqual([["1.000000000000000000 wstETH", "3736.200001"]]);
  expect(taken("repay-shares", "17200000000000000")).toEqual([["4.603607943846153846 wstETH", "17200.000000"]]);
  expect([taken("seize", "11"), taken("seize", "x"), taken("burn", "1"), taken("repay-shares", "0.5")]).toEqual([
    [],
    [],
    [],
    [],
  ]);
});

test("a call names exactly one side and asks for no more than there is", () => {
  const call = (seizedAssets: bigint, repaidShares: bigint) =>
    liquidationCall(body, at(3_900n), { market: "wstETH-USDC", seizedAssets, repaidShares });
  expect(call(1n, 1n)).toMatchObject({ ok: false, failure: { facts: { revert: "inconsistent input" } } });
  expect(call(0n, 0n)).toMatchObject({ ok: false, failure: { facts: { revert: "inconsistent input" } } });
  expect(call(0n, held.borrowShares + 1n)).toMatchObject({ ok: false, failure: { facts: { revert: "Panic" } } });
});

test("where rounding forbids all of either side, as many shares go as the collateral pays for", () => {
  // One unit of collateral is worth far more than a unit of debt: seizing it costs more shares than there are.
  const dust = heldIn("WBTC-DAI", {
    totals: totalsOf({ borrowAssets: 7n, borrowShares: 7_000_000n, lastUpdate: NOW, borrowRate: 0n }),
    borrowShares: 7_000_000n,
    collateral: 0n,
  });
  const scene = sceneOf({ "WBTC-DAI": exact(95_000n) });
  const [step] = liquidateMorpho(bodyOf([dust]), morphoAccount("test", "me", "WBTC-DAI"), scene, "worst-for-owner");
  // 7 units of debt buy no unit of collateral: the liquidator pays all of it and gets nothing.
  expect([flows(step!.taken), flows(step!.badDebt)]).toEqual([["0.00000000 WBTC"], []]);
});
