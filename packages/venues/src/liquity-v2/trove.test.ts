import { dec, exact, text, trim } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import type { LiquityBody } from "./holding.ts";
import { liquityV2Margin } from "./margin.ts";
import { THEN, WEI, batchOf, batchedOf, bodyOf, branchOf, marketAt, noMarket, sceneOf, troveOf } from "./testing.ts";
import { account, percent, loan, assessed } from "./testing/loan.ts";

// 10 * 2,250 / 20,000 = 1.125 against 1.1; 20,000 * 1.1 / 10 = 2,200
describe("the ratio of 10 WETH to 20,000 BOLD", () => {
  // oxfmt-ignore
  test.each([
    ["2250",                    "1.022727272727272727", false],
    ["2200",                    "1.000000000000000000", false],
    ["2199.999999999999999999", "0.999999999999999999", true],
  ])("at %s", (price, health, crossed) => {
    const { lines } = assessed(bodyOf([loan]), price);
    expect(lines.map((line) => [line.name, text(line.health), line.crossed])).toEqual([["maintenance", health, crossed]]);
  });

  test("equity, what could be borrowed, and nothing of it where the branch is critical or shut", () => {
    const { equity, free } = assessed(bodyOf([loan]), "2250");
    expect([equity, free].map((figure) => figure.is === "known" && text(trim(figure.value)))).toEqual([
      "2500",
      // 22,500 / 1.1 - 20,000, floored
      "454.545454545454545454",
    ]);
    const critical = branchOf({ totals: { coll: 100n * WEI, debt: 180_000n * WEI } });
    const shut = branchOf({ shutdownTime: THEN });
    for (const branch of [critical, shut])
      expect(assessed(bodyOf([loan], { branches: [branch] }), "2250").free).toMatchObject({ value: exact(0n, 18) });
  });
});

describe("debt over time: simple until touched, floored twice", () => {
  test("5 % on 20,000 for 30 days are 20,000 * 0.05 * 30 / 365 = 82.191780821917808219", () => {
    const { lines } = assessed(bodyOf([troveOf(10n * WEI, 20_000n * WEI, 5n * percent)]), "2250", 30);
    expect(lines[0]!.required).toEqual(exact(20_082_191780821917808219n * 11n * (WEI / 10n), 36));
  });

  test("up to a shutdown and no further", () => {
    const body = (shutdownTime: bigint) =>
      bodyOf([troveOf(10n * WEI, 20_000n * WEI, 5n * percent)], { branches: [branchOf({ shutdownTime })] });
    const ten = assessed(bodyOf([troveOf(10n * WEI, 20_000n * WEI, 5n * percent)]), "2250", 10).lines[0]!.required;
    expect(assessed(body(THEN + 864_000n), "2250", 30).lines[0]!.required).toEqual(ten);
    expect(assessed(body(THEN - 1n), "2250", 30).lines[0]!.required).toEqual(exact(22_000n * WEI * WEI, 36));
  });

  // a fifth of the shares: 100,000 recorded, 410.958904109589041095 interest and 82.191780821917808219 fee in 30 days, each floored by its share
  test("a share of a batch: of what is recorded, of its interest, of its fee", () => {
    const batch = batchOf({ debt: 100_000n * WEI, shares: 90_000n * WEI, rate: 5n * percent, fee: percent });
    const body = bodyOf([batchedOf(10n * WEI, 18_000n * WEI)], { batches: [batch] });
    const { lines, explain } = assessed(body, "2500", 30);
    const debt = 20_000n * WEI + 82_191780821917808219n + 16_438356164383561643n;
    expect(lines.map(({ name, required }) => [name, required.digits])).toEqual([
      ["maintenance", debt * 110n * percent],
      ["borrow", debt * 120n * percent],
    ]);
    expect(explain.parts!.map(({ name, value }) => [name, value]).slice(0, 3)).toEqual([
      ["recorded debt", "20000.000000000000000000"],
      ["interest since", "82.191780821917808219"],
      ["management fee since", "16.438356164383561643"],
    ]);
  });

  test("what liquidations of others handed over: 10 staked, 0.006 WETH and 15 BOLD a unit since", () => {
    const perStake = { coll: WEI / 100n, debt: 20n * WEI };
    const trove = { ...loan, snapshot: { coll: WEI / 250n, debt: 5n * WEI } };
    const { lines, equity } = assessed(bodyOf([trove], { branches: [branchOf({ perStake })] }), "2500");
    expect(lines[0]!.required.digits).toBe(20_150n * WEI * 110n * percent);
    expect(equity).toMatchObject({ value: exact(((1_006n * WEI) / 100n) * 2_500n * WEI - 20_150n * WEI * WEI, 36) });
  });
});

describe("levers and what can be repaid", () => {
  const scene = sceneOf({ WETH: "2500" });
  const levers = (body: LiquityBody) =>
    liquityV2Margin.levers!(body, account, scene).map(({ use, most }) => [use, text(trim(most))]);
  const repayable = (body: LiquityBody, market = noMarket) =>
    liquityV2Margin.repayable!(body, account, scene, market).map(({ route, most, limit }) => [
      route,
      most.is === "known" ? text(trim(most.value)) : most.is,
      limit,
    ]);
  const wallet = (bold: bigint, weth = 0n) => [
    { asset: "BOLD", units: bold * WEI },
    { asset: "WETH", units: weth * WEI },
  ];
  const shut = branchOf({ shutdownTime: THEN });

  test("a part, the whole, more collateral; only the whole where a branch is shut", () => {
    expect(levers(bodyOf([loan]))).toEqual([
      ["repay", "18000"],
      ["repay", "20000"],
    ]);
    expect(levers(bodyOf([loan], { wallet: wallet(500n, 3n) }))).toEqual([
      ["repay", "500"],
      ["supply", "3"],
    ]);
    expect(levers(bodyOf([loan], { wallet: wallet(20_000n, 3n), branches: [shut] }))).toEqual([["repay", "20000"]]);
    for (const lever of liquityV2Margin.levers!(bodyOf([loan]), account, scene))
      expect(liquityV2Margin.apply(bodyOf([loan]), lever.act(lever.most, dec("0")), scene).ok).toBe(true);
  });

  test("from the wallet", () => {
    expect(repayable(bodyOf([loan]))[0]).toEqual(["wallet", "unknown", "BOLD in the wallet"]);
    expect(repayable(bodyOf([loan], { wallet: wallet(20_000n) }))[0]).toEqual(["wallet", "20000", "the debt"]);
    expect(repayable(bodyOf([loan], { wallet: wallet(19_000n) }))[0]).toEqual([
      "wallet",
      "18000",
      "the least debt that must stay",
    ]);
    expect(repayable(bodyOf([loan], { wallet: wallet(10n) }))[0]).toEqual(["wallet", "10", "BOLD in the wallet"]);
    expect(repayable(bodyOf([loan], { wallet: [] }))[0]![1]).toBe("none");
    expect(repayable(bodyOf([loan], { wallet: wallet(10n), branches: [shut] }))[0]![1]).toBe("none");
    expect(repayable(bodyOf([loan]))[1]![1]).toBe("none");
  });

  test("by selling what may leave: 10 - 20,000 * 1.1 / 2,500 = 1.2 WETH", () => {
    expect(repayable(bodyOf([loan]), marketAt("2490"))[2]!.slice(0, 2)).toEqual(["sell-collateral", "2988"]);
    expect(repayable(bodyOf([loan]))[2]![1]).toBe("unknown");
    const totals = (debt: bigint) =>
      bodyOf([loan], { branches: [branchOf({ totals: { coll: 100n * WEI, debt: debt * WEI } })] });
    // the branch lets 100 - 166,000 * 1.5 / 2,500 = 0.4 go; at 180,000 nothing
    expect(repayable(totals(166_000n), marketAt("2490"))[2]![1]).toBe("996");
    expect(repayable(totals(180_000n), marketAt("2490"))[2]![1]).toBe("none");
    expect(repayable(bodyOf([{ ...loan, coll: 8n * WEI }]), marketAt("2490"))[2]![1]).toBe("none");
    expect(repayable(bodyOf([loan], { branches: [shut] }), marketAt("2490"))[2]![1]).toBe("none");
  });
});

test("at the worst rates: what a manager could set at most; an owner's rate stays the owner's", () => {
  const batch = batchOf({ debt: 20_000n * WEI, shares: WEI, rate: 5n * percent });
  const body = bodyOf([batchedOf(10n * WEI, WEI), troveOf(10n * WEI, 20_000n * WEI, 5n * percent, { id: "2" })], {
    batches: [batch],
  });
  const worst = liquityV2Margin.atWorstRates!(body, sceneOf({ WETH: "2500" }));
  expect(worst).toMatchObject({ value: { batches: [{ rate: 250n * percent }], troves: body.troves } });
});
