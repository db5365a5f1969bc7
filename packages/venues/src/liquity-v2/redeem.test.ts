import { describe, expect, test } from "vitest";
import type { LiquityBody } from "./holding.ts";
import { THEN, WEI, batchOf, batchedOf, bodyOf, branchOf } from "./testing.ts";
import { percent, loan, assessed, after, does, act } from "./testing/loan.ts";

describe("redemption: at face value, whatever the ratio", () => {
  const redeem = (bold: bigint, fee: bigint | "urgent") =>
    ({ was: "redemption", body: { trove: "1", branch: "WETH", bold: bold * WEI, fee } }) as const;
  test("5,000 at a fee of 1 %: 2 WETH less the fee's 0.02", () => {
    expect(does(bodyOf([loan]), redeem(5_000n, percent))).toEqual([["8.02", "15000"]]);
  });
  test("what leaves less than 2,000 makes a zombie, which can only be closed", () => {
    const zombie = after(bodyOf([loan]), redeem(19_000n, 0n));
    if (typeof zombie === "string") throw new Error(zombie);
    expect(zombie.troves[0]).toMatchObject({ status: "zombie", coll: (24n * WEI) / 10n });
    expect(does(zombie, act("supply", "1"))).toBe("liquity-v2/trove-not-active");
    expect(does(zombie, act("repay", "all"))).toEqual([]);
    const gone = after(zombie, redeem(5_000n, 0n));
    expect(typeof gone === "string" ? gone : assessed(gone, "2500").lines).toEqual([]);
  });
  test("a ratio below 1 is passed over; a branch that was shut redeems with 2 % on top, at most what is there", () => {
    expect(does(bodyOf([loan]), redeem(5_000n, percent), "1999")).toBe("liquity-v2/skipped");
    const shut = bodyOf([loan], { branches: [branchOf({ shutdownTime: THEN })] });
    expect(does(shut, redeem(5_000n, percent))).toBe("liquity-v2/is-shut-down");
    expect(does(bodyOf([loan]), redeem(5_000n, "urgent"))).toBe("liquity-v2/not-shut-down");
    expect(does(shut, redeem(5_000n, "urgent"))).toEqual([["7.96", "15000"]]);
    // 20,000 * 1.02 / 2,000 = 10.2 are more than 10: all 10 for 20,000 / 1.02
    expect(does(shut, redeem(20_000n, "urgent"), "2000")).toEqual([["0", "392.156862745098039216"]]);
  });
  test("a batch's interest is recorded first, then the trove's share of it is taken", () => {
    const batch = batchOf({
      debt: 100_000n * WEI,
      shares: 90_000n * WEI,
      lastUpdate: THEN - 31_536_000n,
      rate: 10n * percent,
    });
    const body = bodyOf([batchedOf(10n * WEI, 18_000n * WEI)], { batches: [batch] });
    const done = after(body, redeem(2_000n, 0n));
    if (typeof done === "string") throw new Error(done);
    // 110,000 now, a fifth of it 22,000; 2,000 are 90,000 * 2,000 / 110,000 = 1,636.36... shares
    expect(done.batches[0]).toMatchObject({
      debt: 108_000n * WEI,
      lastUpdate: THEN,
      shares: 88_363_636363636363636364n,
    });
    expect(does(done, act("supply", "1"))).toEqual([["10.2", "16363.636363636363636364"]]);
  });
  test("a third of 11 and a third of 11 of interest are 6 apart and 7 together: a redemption takes 7, and all the shares", () => {
    const batch = batchOf({ debt: 11n, shares: 3n, lastUpdate: THEN - 31_536_000n, rate: WEI });
    const body = bodyOf([batchedOf(WEI, 1n)], { batches: [batch] });
    const done = after(body, redeem(1n, 0n));
    if (typeof done === "string") throw new Error(done);
    expect(assessed(body, "2500").lines[0]!.required.digits).toBe(6n * 110n * percent);
    expect(done.batches[0]).toMatchObject({ debt: 15n, shares: 2n });
    expect(done.troves[0]!.recorded).toMatchObject({ shares: 0n });
  });
  test("debt in front is shown, unknown where it was not read", () => {
    const row = (body: LiquityBody) =>
      assessed(body, "2500").explain.parts!.find(({ name }) => name === "debt in front")!.value;
    expect(row(bodyOf([loan]))).toBe("unknown");
    expect(row(bodyOf([{ ...loan, debtInFront: 40_000_000n * WEI }]))).toBe("40000000.000000000000000000");
  });
});
