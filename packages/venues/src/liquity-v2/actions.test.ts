import type { Action } from "@plimsoll/core/book";
import { describe, expect, test } from "vitest";
import { troveAccount } from "./names.ts";
import { THEN, WEI, batchOf, batchedOf, bodyOf, branchOf, troveOf } from "./testing.ts";
import { loan, after, does, act } from "./testing/loan.ts";

describe("own actions", () => {
  // oxfmt-ignore
  test.each([
    ["a part",                       act("repay", "18000"),               "2500", [["10", "2000"]]],
    ["one unit too much of a part",  act("repay", "18000.000000000000000001"), "2500", "liquity-v2/debt-below-min"],
    ["all",                          act("repay", "all"),                 "2500", []],
    ["more than all",                act("repay", "30000"),               "2500", []],
    ["more collateral",              act("supply", "1"),                  "2500", [["11", "20000"]]],
    // 20,000 * 1.1 / 2,500 = 8.8 must stay
    ["collateral to the line",       act("withdraw", "1.2"),              "2500", [["8.8", "20000"]]],
    ["collateral past the line",     act("withdraw", "1.200000000000000001"), "2500", "liquity-v2/icr-below-mcr"],
    ["more than there is",           act("withdraw", "11"),               "2500", "liquity-v2/coll-withdrawal-too-high"],
    // over its line at 2,100: 10.4761... WETH are needed
    ["a rescue that is enough",      act("supply", "0.4762"),             "2100", [["10.4762", "20000"]]],
    ["a rescue that is not",         act("supply", "0.4761"),             "2100", "liquity-v2/icr-below-mcr"],
  ])("%s", (_case, action, price, expected) => {
    expect(does(bodyOf([loan]), action, price)).toEqual(expected);
  });

  test("inside a batch 10 % more is asked, of more collateral too", () => {
    const body = bodyOf([batchedOf(10n * WEI, 18_000n * WEI)], {
      batches: [batchOf({ debt: 100_000n * WEI, shares: 90_000n * WEI })],
    });
    // 20,000 * 1.2 / 2,350 = 10.2127...
    expect(does(body, act("supply", "0.2"), "2350")).toBe("liquity-v2/icr-below-mcr-plus-bcr");
    expect(does(body, act("supply", "0.22"), "2350")).toEqual([["10.22", "18000"]]);
    // 1,000 of 100,000 are 900 shares
    expect(does(body, act("repay", "1000"))).toEqual([["10", "17100"]]);
  });

  test("a touch makes what was taken over one's own and sets the stake by the branch's snapshots", () => {
    const stakes = { total: 50n * WEI, snapshot: 90n * WEI, collSnapshot: 100n * WEI };
    const perStake = { coll: WEI / 100n, debt: 20n * WEI };
    const body = bodyOf([loan], { branches: [branchOf({ perStake, stakes })] });
    const done = after(body, act("supply", "1"));
    if (typeof done === "string") throw new Error(done);
    expect(done.troves[0]).toMatchObject({
      coll: (111n * WEI) / 10n,
      stake: (999n * WEI) / 100n,
      snapshot: perStake,
      recorded: { debt: 20_200n * WEI },
    });
    expect(done.branches[0]!.stakes).toMatchObject({ total: (4_999n * WEI) / 100n });
  });

  test("a critical branch lets nothing out, an open one not below its critical ratio; a shut one only closes", () => {
    const totals = (coll: bigint, debt: bigint) =>
      bodyOf([loan], { branches: [branchOf({ totals: { coll: coll * WEI, debt: debt * WEI } })] });
    // 100 * 2,500 / 180,000 = 1.39; 100 * 2,500 / 166,000 = 1.506 and 1.494 after 0.8 left
    expect(does(totals(100n, 180_000n), act("withdraw", "0.1"))).toBe(
      "liquity-v2/repayment-not-matching-coll-withdrawal",
    );
    expect(does(totals(100n, 180_000n), act("supply", "0.1"))).toEqual([["10.1", "20000"]]);
    expect(does(totals(100n, 166_000n), act("withdraw", "0.8"))).toBe("liquity-v2/tcr-below-ccr");
    expect(does(totals(100n, 166_000n), act("withdraw", "0.3"))).toEqual([["9.7", "20000"]]);
    // closing 10 WETH against 12,000 of a branch at 1.506 leaves 90 * 2,500 / 154,000 = 1.461
    const small = { ...totals(100n, 166_000n), troves: [troveOf(10n * WEI, 12_000n * WEI)] };
    expect(does(small, act("repay", "all"))).toBe("liquity-v2/tcr-below-ccr");
    const shut = bodyOf([loan], { branches: [branchOf({ shutdownTime: THEN })] });
    expect(does(shut, act("supply", "1"))).toBe("liquity-v2/is-shut-down");
    expect(does(shut, act("repay", "100"))).toBe("liquity-v2/is-shut-down");
    expect(does(shut, act("repay", "all"))).toEqual([]);
  });

  test("the wallet pays, and gets collateral and gas deposit back on closing", () => {
    const body = bodyOf([loan], { wallet: [{ asset: "BOLD", units: 20_500n * WEI }] });
    const closed = after(body, act("repay", "all"));
    expect(typeof closed === "string" ? closed : closed.wallet).toEqual([
      { asset: "BOLD", units: 500n * WEI },
      { asset: "WETH", units: 10_037_500000000000000n },
    ]);
    expect(does(body, act("supply", "1"))).toBe("liquity-v2/wallet-too-small");
    const two = bodyOf([loan, { ...loan, id: "2" }]);
    expect(does(two, act("repay", "100"))).toBe("liquity-v2/several-troves");
    expect(does(two, { ...act("repay", "100"), account: troveAccount("WETH", "2") } as Action)).toEqual([
      ["10", "20000"],
      ["10", "19900"],
    ]);
  });
});
