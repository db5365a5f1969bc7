import { text, trim } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { liquityV2Margin } from "./margin.ts";
import { troveAccount } from "./names.ts";
import { WEI, batchOf, batchedOf, bodyOf, branchOf, noMarket, sceneOf, troveOf } from "./testing.ts";
import { account, percent, plain, loan, does } from "./testing/loan.ts";

// At 2,190 the ratio is 1.095. Against the pool: 10 / 200 to the caller, 20,000 * 1.05 / 2,190 to the pool, the rest to be claimed.
describe("liquidation of 10 WETH against 20,000 BOLD at 2,190", () => {
  const scene = sceneOf({ WETH: "2190" });
  const step = (pool: bigint | "unknown", trove = loan) => {
    const body = bodyOf([trove], { branches: [branchOf({ pool })] });
    const steps = liquityV2Margin.liquidate(body, account, scene, noMarket, "worst-for-owner");
    expect(steps).toHaveLength(1);
    return steps[0]!;
  };
  const figures = ({ taken, fee, after: { surplus, troves } }: ReturnType<typeof step>) => ({
    taken: taken.map(({ amount }) => text(amount)),
    fee: fee.map(({ asset, amount }) => `${text(trim(amount))} ${asset}`),
    surplus: surplus.map(({ units }) => plain(units)),
    troves: troves.length,
  });

  test("the pool pays all", () => {
    expect(figures(step(1_000_000n * WEI))).toEqual({
      taken: ["9.639041095890410958"],
      fee: ["0.05 WETH", "0.0375 WETH"],
      surplus: ["0.360958904109589042"],
      troves: 0,
    });
    expect(step(1_000_000n * WEI).after.branches[0]!.pool).toBe(980_000n * WEI);
  });

  test("the pool keeps one: of 10,001 it pays half, others take over the rest and eat into what the pool left", () => {
    // 5 WETH each; pool: 0.025 to the caller, 4.794520547945205479 seized, 0.180479452054794521 left;
    // others: 10,000 * 1.1 / 2,190 = 5.022831050228310502 of 5.180479452054794521
    expect(figures(step(10_001n * WEI))).toEqual({
      taken: ["9.842351598173515981"],
      fee: ["0.025 WETH", "0.0375 WETH"],
      surplus: ["0.157648401826484019"],
      troves: 0,
    });
  });

  test("an empty or unread pool: others take over all, 20,000 * 1.1 / 2,190 is more than there is", () => {
    for (const pool of ["unknown", 0n, WEI] as const)
      expect(figures(step(pool))).toEqual({
        taken: ["10.000000000000000000"],
        fee: ["0.0375 WETH"],
        surplus: [],
        troves: 0,
      });
    expect(step("unknown").what).toContain("not read");
    expect(step(0n).what).not.toContain("not read");
  });

  test("the caller's share has a cap", () => {
    const large = troveOf(1_000n * WEI, 2_000_000n * WEI);
    expect(figures(step(10_000_000n * WEI, large)).fee).toEqual(["2 WETH", "0.0375 WETH"]);
  });

  test("what others take over reaches the owner's other trove of the branch by its stake", () => {
    const other = troveOf(30n * WEI, 10_000n * WEI, 0n, { id: "2" });
    const stakes = { total: 100n * WEI, snapshot: 0n, collSnapshot: 0n };
    const branch = branchOf({ pool: 0n, stakes, totals: { coll: 100n * WEI, debt: 90_000n * WEI } });
    const body = bodyOf([loan, other], { branches: [branch] });
    const [done] = liquityV2Margin.liquidate(body, account, scene, noMarket, "worst-for-owner");
    // 10 WETH and 20,000 BOLD over the 90 stakes that are left: 0.111111111111111111 and 222.222222222222222222 each, times 30
    const [left] = done!.after.branches;
    expect(left!.perStake).toEqual({ coll: 111111111111111111n, debt: 222_222222222222222222n });
    expect(left!.stakes).toEqual({ total: 90n * WEI, snapshot: 90n * WEI, collSnapshot: 100n * WEI });
    expect(left!.totals).toEqual({ coll: 100n * WEI, debt: 90_000n * WEI });
    const { lines } = liquityV2Margin.assess(done!.after, troveAccount("WETH", "2"), scene);
    expect(lines[0]!.required.digits).toBe((10_000n * WEI + 6_666_666666666666666660n) * 110n * percent);
  });

  test("a batch loses the trove's debt and shares", () => {
    const batch = batchOf({ debt: 100_000n * WEI, shares: 90_000n * WEI });
    const body = bodyOf([batchedOf(10n * WEI, 18_000n * WEI)], { batches: [batch] });
    const [done] = liquityV2Margin.liquidate(body, account, scene, noMarket, "worst-for-owner");
    expect(done!.after.batches).toEqual([{ ...batch, debt: 80_000n * WEI, shares: 72_000n * WEI }]);
  });

  test("none at its line", () => {
    expect(
      liquityV2Margin.liquidate(bodyOf([loan]), account, sceneOf({ WETH: "2200" }), noMarket, "worst-for-owner"),
    ).toEqual([]);
    expect(does(bodyOf([loan]), { was: "liquidation", body: { trove: "1", branch: "WETH" } }, "2200")).toBe(
      "liquity-v2/nothing-to-liquidate",
    );
  });
});
