import type { Action } from "@plimsoll/core/book";
import { assetId, dec, exact, ms, text, trim } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import type { LiquityBody } from "./holding.ts";
import { liquityV2Margin } from "./margin.ts";
import { troveAccount } from "./names.ts";
import {
  THEN,
  NOW,
  WEI,
  batchOf,
  batchedOf,
  bodyOf,
  branchOf,
  marketAt,
  noMarket,
  sceneOf,
  troveOf,
} from "./testing.ts";

const account = troveAccount("WETH", "1");
const [BOLD, WETH] = [assetId("BOLD"), assetId("WETH")];
const percent = WEI / 100n;
const plain = (units: bigint) => text(trim(exact(units, 18)));
const loan = troveOf(10n * WEI, 20_000n * WEI);
const assessed = (body: LiquityBody, price: string, days = 0) => {
  const scene = sceneOf({ WETH: price });
  const then = liquityV2Margin.advance(body, ms(NOW + days * 86_400_000), scene);
  return liquityV2Margin.assess(then, account, scene);
};
const after = (body: LiquityBody, effect: Parameters<typeof liquityV2Margin.apply>[1], price = "2500") => {
  const done = liquityV2Margin.apply(body, effect, sceneOf({ WETH: price }));
  return done.ok ? done.value : done.failure.code;
};
/** Collateral and debt afterwards, or why not. */
const does = (body: LiquityBody, effect: Parameters<typeof liquityV2Margin.apply>[1], price = "2500") => {
  const done = after(body, effect, price);
  if (typeof done === "string") return done;
  return done.troves.map(({ coll, recorded }) => [
    plain(coll),
    recorded.by === "owner" ? plain(recorded.debt) : plain(recorded.shares),
  ]);
};
const act = (what: "supply" | "repay" | "withdraw", amount: string): Action => ({
  do: what,
  asset: what === "repay" ? BOLD : WETH,
  amount: amount === "all" ? "all" : dec(amount),
});

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
