import type { Action } from "@plimsoll/core/book";
import { type Result, type Why, assetId, dec, exact, text, trim } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { RAY } from "./fixed-point.ts";
import type { SkyBody } from "./holding.ts";
import { skyMargin } from "./margin.ts";
import { skyAccount } from "./names.ts";
import { ETHEREUM, NOW, RAD, THEN, WEI, bodyOf, marketAt, noMarket, sceneOf, vaultOf, withIlk } from "./testing.ts";

const account = skyAccount("ETH-A", "7");
const calm = sceneOf({ ETH: "3000", WBTC: "60000" });
const loan = vaultOf({ ink: 10n * WEI, art: 20_000n * WEI });
const amount = (body: SkyBody) =>
  body.vaults.map(({ ink, art }) => [text(trim(exact(ink, 18))), text(trim(exact(art, 18)))]);
const does = (body: SkyBody, action: Action, scene = calm) => {
  const done: Result<SkyBody, Why> = skyMargin.apply(body, action, scene);
  return done.ok ? amount(done.value) : done.failure.code;
};
const DAI = assetId("DAI");
const ETH = assetId("ETH");

describe("the least debt: after any change 0 or at least 7,500", () => {
  const body = bodyOf([loan]);
  // oxfmt-ignore
  test.each([
    ["a part",              "12500",                [["10", "7500"]]],
    ["a unit too much",     "12500.000000000000000001", "sky/vat-dust"],
    ["nearly all",          "19999",                "sky/vat-dust"],
    ["all",                 "20000",                [["10", "0"]]],
    ["more than all",       "90000",                [["10", "0"]]],
  ])("repaying %s, %s", (_case, paid, after) => {
    expect(does(body, { do: "repay", asset: DAI, amount: dec(paid) })).toEqual(after);
  });

  test("repaying all by word, and a debt below the least after it was raised: even collateral is refused", () => {
    expect(does(body, { do: "repay", asset: DAI, amount: "all" })).toEqual([["10", "0"]]);
    const raised = sceneOf({ ETH: "3000" }, withIlk("ETH-A", { dust: 25_000n * RAD }));
    const rich = bodyOf([loan], {
      wallet: [
        { asset: "ETH", units: WEI },
        { asset: "DAI", units: 20_000n * WEI },
      ],
    });
    expect(does(body, { do: "supply", asset: ETH, amount: dec("1") }, raised)).toBe("sky/vat-dust");
    expect(skyMargin.levers!(rich, account, raised).map(({ use, most }) => [use, text(most)])).toEqual([
      ["repay", "20000.000000000000000000"],
    ]);
  });
});

test("a payment buys whole normalised units: what is left over one stays in the core, all costs the next unit up", () => {
  // at a rate of 1.5 a payment of 1,000 takes 666.666666666666666666 of normalised debt; 20,000 of it cost exactly 30,000
  const body = bodyOf([loan], { wallet: [{ asset: "DAI", units: 30_000n * WEI }] }, { rate: (3n * RAY) / 2n });
  expect(does(body, { do: "repay", asset: DAI, amount: dec("1000") })).toEqual([["10", "19333.333333333333333334"]]);
  const closed = skyMargin.apply(body, { do: "repay", asset: DAI, amount: "all" }, calm);
  // 20,000 of it at a rate of one and a unit of the 27th decimal: the whole debt is a fraction of a unit above 20,000
  const uneven = bodyOf([loan], { wallet: [{ asset: "DAI", units: 30_000n * WEI }] }, { rate: RAY + 1n });
  expect(skyMargin.apply(uneven, { do: "repay", asset: DAI, amount: "all" }, calm)).toMatchObject({
    value: { wallet: [{ asset: "DAI", units: 10_000n * WEI - 1n }] },
  });
  expect(closed).toMatchObject({ ok: true, value: { wallet: [{ asset: "DAI", units: 0n }] } });
});

test("collateral leaves only as far as the price in force allows, and the wallet has to have what it pays", () => {
  const body = bodyOf([loan], { wallet: [{ asset: "ETH", units: WEI }] });
  // 20,000 * 1.45 / 3,000 = 9.666... must stay
  expect(does(body, { do: "withdraw", asset: ETH, amount: dec("0.333333333333333333") })).toEqual([
    ["9.666666666666666667", "20000"],
  ]);
  expect(does(body, { do: "withdraw", asset: ETH, amount: dec("0.333333333333333334") })).toBe("sky/vat-not-safe");
  expect(does(body, { do: "withdraw", asset: ETH, amount: "all" })).toBe("sky/vat-not-safe");
  expect(does(body, { do: "supply", asset: ETH, amount: dec("1") })).toEqual([["11", "20000"]]);
  expect(does(body, { do: "supply", asset: ETH, amount: dec("1.000000000000000001") })).toBe("sky/wallet-too-small");
  expect(does(body, { do: "repay", asset: DAI, amount: dec("1") })).toBe("sky/wallet-too-small");
});

test("two vaults that take the same asset: the action names one", () => {
  const body = bodyOf([loan, vaultOf({ ...loan, id: "8", ilk: "ETH-C" })]);
  const pay = { do: "repay", asset: DAI, amount: dec("1000") } as const;
  expect(does(body, pay)).toBe("sky/several-vaults");
  expect(does(body, { ...pay, account: skyAccount("ETH-C", "8") })).toEqual([
    ["10", "20000"],
    ["10", "19000"],
  ]);
  expect(does(body, { do: "supply", asset: assetId("WBTC"), amount: dec("1"), account })).toBe("sky/another-asset");
});

test("a token of 8 decimals is locked with 18", () => {
  const body = bodyOf([vaultOf({ ilk: "WBTC-A", ink: WEI, art: 8_000n * WEI })]);
  expect(does(body, { do: "supply", asset: assetId("WBTC"), amount: dec("0.00000001") })).toEqual([
    ["1.00000001", "8000"],
  ]);
  expect(does(body, { do: "supply", asset: assetId("WBTC"), amount: dec("0.000000001") })).toBe("sky/invalid-amount");
});

// At 2,890 the vault above is unsafe: 10 * 2,890 / 1.45 = 19,931.03 < 20,000. Target 20,000 * 1.13 = 22,600; start 2,890 * 1.1 = 3,179.
describe("liquidation of 10 ETH against 20,000 DAI at 2,890", () => {
  const scene = sceneOf({ ETH: "2890" });
  const steps = (chooser: Parameters<typeof skyMargin.liquidate>[4], body = bodyOf([loan]), at = scene) =>
    skyMargin.liquidate(body, account, at, noMarket, chooser);

  test("bought at once: 22,600 / 3,179 ETH are sold, the rest comes back outside the vault", () => {
    const [bark, take, ...more] = steps({ fixed: ["0"] });
    expect(more).toEqual([]);
    expect(bark).toMatchObject({ taken: [], fee: [], badDebt: [] });
    expect(bark!.after.sales).toEqual([
      {
        vault: "7",
        ilk: "ETH-A",
        tab: 22_600n * RAD,
        penalty: 2_600n * RAD,
        lot: 10n * WEI,
        top: 3_179n * RAY,
        tic: THEN,
      },
    ]);
    // 250 and a thousandth of 22,600, which the owner does not pay
    expect(bark!.what).toContain("pays its keeper 272.6 DAI");
    expect(bark!.after.dirt).toBe(22_600n * RAD);
    // 22,600 / 3,179 = 7.109153821956590122 (floored): 2.890846178043409878 come back
    expect(take!.taken).toEqual([{ asset: "ETH", amount: exact(7_109153821956590122n, 18) }]);
    expect(take!.fee).toEqual([{ asset: "DAI", amount: exact(2_600n * WEI, 18) }]);
    expect(take!.badDebt).toEqual([]);
    expect(take!.after).toMatchObject({
      sales: [],
      dirt: 0n,
      vaults: [{ ink: 0n, art: 0n, gem: 2_890846178043409878n }],
    });
  });

  test("by default at the last second: 0.99 ** 79 of the start, all is gone and the target is not reached", () => {
    const [, take] = steps("worst-for-owner");
    expect(take!.taken).toEqual([{ asset: "ETH", amount: exact(10n * WEI, 18) }]);
    expect(take!.fee).toEqual([]);
    // 10 * 3,179 * 0.99 ** 79 = 14,370.467641971261 of 20,000
    expect(text(take!.badDebt[0]!.amount)).toMatch(/^5629\.532358028/);
    expect(take!.after).toMatchObject({ dirt: 0n, ilks: [{ dirt: 0n }] });
    expect(steps("best-for-liquidator")[1]!.taken).toEqual(take!.taken);
  });

  test("a second at which nothing sells leaves the auction open", () => {
    const open = steps({ fixed: ["7200"] });
    expect(open).toHaveLength(1);
    expect(open[0]!.after.sales).toHaveLength(1);
    expect(steps({ fixed: ["soon"] })).toHaveLength(1);
  });

  test("room for 11,300 to raise: half of it, in two auctions one after the other", () => {
    const narrow = sceneOf({ ETH: "2890" }, withIlk("ETH-A", { hole: 11_300n * RAD }));
    const parts = steps({ fixed: ["0"] }, bodyOf([loan]), narrow);
    expect(parts).toHaveLength(4);
    expect(parts[0]!.after.vaults[0]).toMatchObject({ ink: 5n * WEI, art: 10_000n * WEI });
    expect(parts[3]!.after.vaults[0]).toMatchObject({ ink: 0n, art: 0n });
  });

  test("limits of the core: no room, a part too small, a rest too small to stay", () => {
    const hole = (rad: bigint) => sceneOf({ ETH: "2890" }, withIlk("ETH-A", { hole: rad * RAD }));
    const bark = { was: "liquidation", body: { step: "bark", vault: "7", ilk: "ETH-A" } } as const;
    const barked = (at: typeof scene, body = bodyOf([loan])) => {
      const done = skyMargin.apply(body, bark, at);
      return done.ok ? amount(done.value) : done.failure.code;
    };
    expect(barked(scene, bodyOf([loan], { dirt: ETHEREUM.hole }))).toBe("sky/dog-liquidation-limit-hit");
    // 1,130 to raise are 1,000 of debt, below the least of 7,500
    expect(barked(hole(1_130n))).toBe("sky/dog-dusty-auction-from-partial-liquidation");
    // 14,125 to raise are 12,500 of debt: the 7,500 left are just the least and stay
    expect(barked(hole(14_125n))).toEqual([["3.75", "7500"]]);
    // 16,950 to raise are 15,000 of debt; the 5,000 left would be below the least, so all goes
    expect(barked(hole(16_950n))).toEqual([["0", "0"]]);
    expect(barked(calm)).toBe("sky/dog-not-unsafe");
  });

  test("collateral that came back is the owner's and covers nothing", () => {
    const [, take] = steps({ fixed: ["0"] }, bodyOf([{ ...loan, gem: WEI }]));
    expect(take!.after.vaults[0]!.gem).toBe(3_890846178043409878n);
    const { equity, lines } = skyMargin.assess(bodyOf([{ ...loan, gem: WEI }]), account, scene);
    expect(equity).toMatchObject({ value: exact(11_790n * RAD, 45) });
    expect(lines[0]!.crossed).toBe(true);
  });
});

describe("levers and what can be repaid", () => {
  const wallet = (dai: bigint) => [{ asset: "DAI", units: dai * WEI }];
  const levers = (body: SkyBody) =>
    skyMargin.levers!(body, account, calm).map(({ use, most, step }) => [use, text(trim(most)), text(trim(step))]);
  const repayable = (body: SkyBody, market = noMarket, scene = calm) =>
    skyMargin.repayable!(body, account, scene, market).map(({ route, most, limit }) => [
      route,
      most.is === "known" ? text(trim(most.value)) : most.is,
      limit,
    ]);

  test("a part and the whole are two levers: what lies between is refused", () => {
    const unit = "0.000000000000000001";
    expect(levers(bodyOf([loan]))).toEqual([
      ["repay", "12500", unit],
      ["repay", "20000", "20000"],
    ]);
    expect(levers(bodyOf([loan], { wallet: wallet(15_000n) }))).toEqual([["repay", "12500", unit]]);
    expect(levers(bodyOf([loan], { wallet: [...wallet(9n), { asset: "ETH", units: 2n * WEI }] }))).toEqual([
      ["repay", "9", unit],
      ["supply", "2", unit],
    ]);
    expect(levers(bodyOf([vaultOf({ ink: WEI })]))).toEqual([]);
  });

  test("the largest part really is the largest, at an uneven rate", () => {
    const body = bodyOf([loan], {}, { rate: 1_234567890123456789012345678n });
    const [part] = skyMargin.levers!(body, account, calm);
    const more = exact(part!.most.digits + 1n, 18);
    expect(skyMargin.apply(body, part!.act(part!.most, dec("0")), calm).ok).toBe(true);
    expect(does(body, part!.act(more, dec("0")))).toBe("sky/vat-dust");
  });

  test("from the wallet: all, the part that leaves the least debt, what is there, or none", () => {
    expect(repayable(bodyOf([loan]))[0]).toEqual(["wallet", "unknown", "the wallet, which was not read"]);
    expect(repayable(bodyOf([loan], { wallet: wallet(20_000n) }))[0]).toEqual(["wallet", "20000", "the debt"]);
    expect(repayable(bodyOf([loan], { wallet: wallet(19_999n) }))[0]).toEqual([
      "wallet",
      "12500",
      "the least debt that must stay",
    ]);
    expect(repayable(bodyOf([loan], { wallet: wallet(10n) }))[0]).toEqual(["wallet", "10", "DAI in the wallet"]);
    expect(repayable(bodyOf([loan], { wallet: [] }))[0]![1]).toBe("none");
    const least = vaultOf({ ink: 10n * WEI, art: 7_500n * WEI });
    expect(repayable(bodyOf([least], { wallet: wallet(7_000n) }))[0]![1]).toBe("none");
    expect(repayable(bodyOf([loan]))[1]![1]).toBe("none");
  });

  test("by flash mint and selling: all where the market pays for it; unknown without its depth", () => {
    expect(repayable(bodyOf([loan]), marketAt("2990"))[2]).toEqual(["sell-collateral", "20000", "the debt"]);
    expect(repayable(bodyOf([loan]))[2]![1]).toBe("unknown");
    // over its line it can still be closed whole
    expect(repayable(bodyOf([loan]), marketAt("2800"), sceneOf({ ETH: "2800" }))[2]![1]).toBe("20000");
  });

  test("by flash mint and selling: a part where the mint is small, none where the market pays less than the vault counts", () => {
    const flash = { ...ETHEREUM, flash: { most: 5_000n * WEI, toll: 0n } };
    const [, , mint] = repayable(bodyOf([loan]), marketAt("2990"), sceneOf({ ETH: "3000" }, flash));
    expect(mint).toEqual(["sell-collateral", "5000", "the largest flash mint"]);
    // sold at 1,500: x of 10 brings 1,500 x, and 20,000 - 1,500 x <= (10 - x) * 2,068.96 holds up to x = 689.655 / 568.965 = 1.2121
    const [, , bad] = repayable(bodyOf([loan]), marketAt("1500"));
    expect(Number(bad![1])).toBeCloseTo(1_500 * (689.6551724137931 / 568.9655172413793), 6);
    expect(repayable(bodyOf([loan]), marketAt("1500"), sceneOf({ ETH: "2800" }))[2]![1]).toBe("none");
  });
});

test("interest by the second, whole seconds only, and never backwards", () => {
  const body = bodyOf([loan], {}, { fee: 1_000000001547125957863212448n });
  const debtAt = (ms: number) =>
    skyMargin.assess(skyMargin.advance(body, ms as typeof NOW, calm), account, calm).lines[0]!.required;
  // 20,000 * 1.05 ** (30 / 365) = 20,080.36403783949842..., worked apart in 80-digit decimals
  expect(text(debtAt(NOW + 30 * 86_400_000))).toMatch(/^20080\.364037839498/);
  expect(debtAt(NOW + 999)).toEqual(debtAt(NOW));
  expect(skyMargin.advance(body, (NOW - 10_000) as typeof NOW, calm)).toBe(body);
  // touched on the way, the debt of later is the same but for the rounding of the rate
  const half = skyMargin.advance(body, (NOW + 15 * 86_400_000) as typeof NOW, calm);
  const touched = skyMargin.apply(half, { do: "supply", asset: ETH, amount: dec("1") }, calm);
  if (!touched.ok) throw new Error(touched.failure.code);
  const end = skyMargin.advance(touched.value, (NOW + 30 * 86_400_000) as typeof NOW, calm);
  expect(text(skyMargin.assess(end, account, calm).lines[0]!.required)).toMatch(/^20080\.364037839498/);
});

test("at the worst rates: the highest fee that can be set between votes; unknown where the fee is", () => {
  const worst = (fee: bigint | "unknown") => skyMargin.atWorstRates!(bodyOf([loan], {}, { fee }), calm);
  const read = worst(1_000000001547125957863212448n);
  if (!read.ok) throw new Error(read.failure.code);
  const later = skyMargin.advance(read.value, (NOW + 365 * 86_400_000) as typeof NOW, calm);
  // 20,000 * 1.3 after a year
  expect(text(skyMargin.assess(later, account, calm).lines[0]!.required)).toMatch(/^(25999\.99999|26000\.00000)/);
  expect(worst(RAY + 10n ** 20n)).toMatchObject({ value: { ilks: [{ fee: RAY + 10n ** 20n }] } });
  expect(worst("unknown")).toMatchObject({ ok: false, failure: { code: "sky/fee-unknown" } });
});
