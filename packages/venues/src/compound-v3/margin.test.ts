import type { Action } from "@plimsoll/core/book";
import { liquidationPrices, readQuotes } from "@plimsoll/core/margin";
import { assetId, dec, exact, ms, ok, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { baseBalance, owedOf } from "./base-balance.ts";
import type { CometBody } from "./holding.ts";
import { accrue, indicesAt, rateAt, utilizationOf } from "./indices.ts";
import { compoundV3Margin as margin } from "./margin.ts";
import { cometAccount } from "./names.ts";
import { readPrice } from "./prices.ts";
import { isForSale, quoteCollateral, reservesOf } from "./storefront.ts";
import { NOW, bodyOf, evenTotals, sceneOf, tokens, totals, usdcMarket } from "./testing.ts";
import type { CometTerms } from "./terms.ts";

const account = cometAccount("ethereum-usdc", "0xa");
const at = (weth: string, more: Parameters<typeof sceneOf>[0] = {}, terms?: CometTerms) =>
  sceneOf({ WETH: dec(weth), WBTC: dec("100000"), USDC: dec("1"), ...more }, terms);
const tenWeth = (dollars: bigint, more: Partial<CometBody> = {}) =>
  bodyOf({ WETH: tokens("WETH", 10n) }, -dollars * 1_000_000n, more);
const paused = (...what: readonly (keyof CometTerms["paused"])[]): CometTerms => ({
  ...usdcMarket,
  paused: { ...usdcMarket.paused, ...Object.fromEntries(what.map((each) => [each, true])) },
});
const noMarket = { fill: () => ({ is: "unknown", why: { code: "no-book", facts: {} } }) as const };
const absorbed = (body: CometBody, scene: ReturnType<typeof at>) =>
  margin.liquidate(body, account, scene, noMarket, "worst-for-owner");

// 10 x 3,000 x 0.895 + 0.2 x 100,000 x 0.77 = 26,850 + 15,400 = 42,250; with 0.825 and 0.70: 24,750 + 14,000 = 38,750; debt 20,000.
// WETH liquidates at (20,000 - 15,400) / 8.95 = 513.966..., the base asset at 42,250 / 20,000 = 2.1125.
test("two collaterals against one debt: lines, equity, what is free, liquidation prices", () => {
  const body = bodyOf({ WETH: tokens("WETH", 10n), WBTC: 20_000_000n }, -20_000_000000n);
  const scene = at("3000");
  const { equity, free, lines } = margin.assess(body, account, scene);
  expect([equity, free].map((figure) => (figure.is === "known" ? text(figure.value) : figure.is))).toEqual([
    "30000.00000000",
    "18750.00000000",
  ]);
  expect(lines.map(({ name, required, surplus, health }) => [name, ...[required, surplus, health].map(text)])).toEqual([
    ["maintenance", "20000.00000000", "22250.00000000", "2.112500000000000000"],
    ["borrow", "20000.00000000", "18750.00000000", "1.937500000000000000"],
  ]);
  const compiled = margin.compile(body, account, scene, "maintenance");
  if (!("form" in compiled)) throw new Error("no form");
  const quotes = readQuotes(compiled.form, scene);
  if (!quotes.ok) throw new Error("no quotes");
  const priceOf = (asset: string) =>
    liquidationPrices(
      compiled.form,
      quotes.value,
      compiled.form.quotes.findIndex((key) => key.includes(`:${asset}:`)),
    );
  expect(priceOf("WETH").down).toBeCloseTo(4_600 / 8.95, 8);
  expect(priceOf("USDC").up).toBeCloseTo(2.1125, 12);
});

// 0.015e18 / 31,536,000 = 475,646,879 a second, 0.035e18 gives 1,109,842,719 and 0.25e18 gives 7,927,447,995 (all cut).
// At 0.8: 475,646,879 + 887,874,175. At 0.9: that + 792,744,799.
test("rates: each product cut, then the sum; the kink itself belongs to the low slope", () => {
  const { borrowCurve } = usdcMarket;
  expect(rateAt(borrowCurve, 0n)).toBe(475_646_879n);
  expect(rateAt(borrowCurve, 800_000_000_000_000_000n)).toBe(1_363_521_054n);
  expect(rateAt(borrowCurve, 900_000_000_000_000_000n)).toBe(2_156_265_853n);
});

test("without supplies nothing is utilized, whatever is owed", () => {
  expect(utilizationOf({ ...evenTotals, supplied: 0n, borrowed: 5n })).toBe(0n);
  expect(utilizationOf({ ...evenTotals, supplied: 1n, borrowed: 2n })).toBe(2_000_000_000_000_000_000n);
});

// A day at 0.8: 1,363,521,054 x 86,400 = 117,808,219,065,600 of 1e18; the index of 1e15 gains 117,808,219,065 (.6 cut). The supply rate at
// 0.8 is floor(1,030,568,239 x 0.8) = 824,454,591; x 86,400 = 71,232,876,662,400, the index gains 71,232,876,662.
// 20,000 USDC x 1.000117808219065 = 20,002.3561643813, cut.
test("a day of interest, simple, and not compounded by looking at it", () => {
  const body = tenWeth(20_000n, {
    totals: { ...evenTotals, supplied: 500n * 10n ** 12n, borrowed: 400n * 10n ** 12n },
  });
  if (body.totals === "not-read") throw new Error("no totals");
  expect(utilizationOf(body.totals)).toBe(800_000_000_000_000_000n);
  const later = margin.advance(body, ms(Number(NOW + 86_400n) * 1000), at("3000"));
  expect(indicesAt(body.totals, usdcMarket, later.timestamp)).toEqual({
    borrow: 1_000_117_808_219_065n,
    supply: 1_000_071_232_876_662n,
  });
  expect(owedOf(accrue(later, usdcMarket))).toBe(20_002_356_164n);
  const all = margin.apply(later, { do: "repay", asset: assetId("USDC"), amount: "all" }, at("3000"));
  expect(all).toMatchObject({ value: { principal: 0n, totals: { cash: evenTotals.cash + 20_002_356164n } } });
  const twice = margin.advance(later, ms(Number(NOW + 172_800n) * 1000), at("3000"));
  // two days from the same stored index: 2 x 1,363,521,054 x 86,400 = 235,616,438,131,200
  expect(owedOf(accrue(twice, usdcMarket))).toBe(20_004_712_328n);
  expect(margin.advance(later, ms(Number(NOW) * 1000), at("3000"))).toEqual(later);
});

// At 1.08 a principal of 100 owes 108. 107 after one unit is 99.07 of principal, stored as 100: paying one unit changed nothing.
// 99 owed is 91.67: 92, which owes 99.36: 99.
test("what rounding does to small amounts: debts up, and owed cut", () => {
  const repaid = (units: bigint) => {
    const body = bodyOf({}, -100n, { totals });
    const done = margin.apply(body, { do: "repay", asset: assetId("USDC"), amount: exact(units, 6) }, at("3000"));
    if (!done.ok) throw new Error(done.failure.code);
    return [done.value.principal, owedOf(done.value)];
  };
  expect(repaid(1n)).toEqual([-100n, 108n]);
  expect(repaid(9n)).toEqual([-92n, 99n]);
  expect(repaid(108n)).toEqual([0n, 0n]);
  expect(repaid(1_000n)).toEqual([0n, 0n]);
});

describe("absorb takes the whole account", () => {
  // Debt 18,000; WETH is credited at 95 %. At 2,000: 17,900 counts, 19,000 credited, 1,000 stays as supply, 1,000 is lost.
  // At 1,850: 17,575 credited, 425 missing; 18,500 were worth 500 more than the debt. At 1,800: 17,100, 900 missing, nothing lost.
  // oxfmt-ignore
  test.each([
    // price   supply left    lost          bad debt
    ["2000",   1_000_000000n, "1000.000000", undefined],
    ["1850",   0n,            "500.000000",  "425.000000"],
    ["1800",   0n,            undefined,     "900.000000"],
  ] as const)("at %s", (price, left, lost, bad) => {
    const [step, ...more] = absorbed(tenWeth(18_000n), at(price));
    expect(more).toEqual([]);
    expect(baseBalance(step!.after)).toBe(left);
    expect(step!.after.collateral.map(({ balance, supplied }) => [balance, supplied])).toEqual([[0n, 0n]]);
    expect(step!.taken.map(({ asset, amount }) => `${text(amount)} ${asset}`)).toEqual(["10.000000000000000000 WETH"]);
    expect(step!.fee.map(({ amount }) => text(amount))).toEqual(lost === undefined ? [] : [lost]);
    expect(step!.badDebt.map(({ amount }) => text(amount))).toEqual(bad === undefined ? [] : [bad]);
    expect(absorbed(step!.after, at(price))).toEqual([]);
  });

  // 19,000 / 0.99 = 19,191.919191 (.9 cut), less 18,000
  test("the credit is turned into base at the base asset's own price, cut", () => {
    const [step] = absorbed(tenWeth(18_200n), at("2000", { USDC: dec("0.99") }));
    expect(baseBalance(step!.after)).toBe(991_919191n);
  });

  // 10 x 2,000 x 0.895 = 17,900: equality is safe
  test("strictly below the line", () => {
    expect(absorbed(tenWeth(17_900n), at("2000"))).toEqual([]);
    expect(absorbed(bodyOf({ WETH: tokens("WETH", 10n) }, -17_900_000001n), at("2000"))).toHaveLength(1);
  });

  test("the view looks at stored indices, absorb accrues first and decides; withdrawals look at stored ones too", () => {
    const tie = tenWeth(17_900n, { totals: { ...evenTotals, lastAccrual: NOW - 60n } });
    const { lines, explain } = margin.assess(tie, account, at("2000"));
    expect(lines[0]!.crossed).toBe(true);
    const view = explain.parts!.find(({ name }) => name === "isLiquidatable answers");
    expect(view!.value).toBe("false");
    const [step] = absorbed(tie, at("2000"));
    expect(step!.badDebt).toEqual([]);
    expect(step!.after.totals).toMatchObject({ lastAccrual: NOW });
    // 82.5 % of 9 WETH at 2,000 is 14,850: at the stored indices a debt of exactly that lets the tenth leave
    const borrowed = tenWeth(14_850n, { totals: { ...evenTotals, lastAccrual: NOW - 3_600n } });
    const out: Action = { do: "withdraw", asset: assetId("WETH"), amount: dec("1") };
    expect(margin.apply(borrowed, out, at("2000"))).toMatchObject({ ok: true });
    const touched = accrue(borrowed, usdcMarket);
    expect(margin.apply(touched, out, at("2000"))).toMatchObject({
      failure: { code: "compound-v3/not-collateralized" },
    });
  });

  test("not while it is paused, and not without a price", () => {
    expect(absorbed(tenWeth(18_000n), at("2000", {}, paused("absorb")))).toEqual([]);
    expect(absorbed(tenWeth(18_000n), sceneOf({ WETH: dec("2000") }))).toEqual([]);
    for (const scene of [sceneOf({ WETH: dec("2000") }), at("0"), at("2000", { USDC: dec("0.00") })]) {
      expect(absorbed(tenWeth(18_000n), scene)).toEqual([]);
      const blind = margin.assess(tenWeth(18_000n), account, scene);
      expect([blind.lines, blind.equity.is]).toEqual([[], "unknown"]);
    }
  });

  test("there is no point of no return, and the reason is said", () => {
    const { explain } = margin.assess(tenWeth(10_000n), account, at("2000"));
    const part = explain.parts!.find(({ name }) => name === "point of no return");
    expect([part!.value, part!.formula]).toEqual(["none", expect.stringContaining("whole account at once")]);
  });
});

// The penalty of WETH is 5 %; half of it is the discount: 2,000 x 0.975 = 1,950, so 1,950 USDC buy one.
test("the storefront sells at the price less a share of the penalty, while reserves are short", () => {
  const scene = at("2000");
  const [weth, usdc] = [usdcMarket.assets[2]!, usdcMarket.base].map((token) => readPrice(scene, token));
  if (!weth!.ok || !usdc!.ok) throw new Error("no price");
  expect(quoteCollateral(usdcMarket.assets[2]!, usdcMarket, weth!.value, usdc!.value, 1_950_000000n)).toBe(10n ** 18n);
  const held = (cash: bigint) => bodyOf({}, 0n, { totals: { ...totals, cash } });
  // supplies 499,999,999.999999, debts 399,999,999.999999: reserves are cash less 100 million
  expect(reservesOf(held(101_000_000_000000n), usdcMarket)).toBe(1_000_000_000000n);
  expect(isForSale(held(104_999_999_999999n), usdcMarket)).toBe(true);
  expect(isForSale(held(105_000_000_000000n), usdcMarket)).toBe(false);
  expect(isForSale(held(0n), usdcMarket)).toBe(true);
  expect(isForSale(held(0n), paused("buy"))).toBe(false);
  expect(isForSale(bodyOf({}, 0n), usdcMarket)).toBe("not-read");
});

describe("what the market refuses", () => {
  const act = (what: "supply" | "repay" | "withdraw", amount: string, asset = "USDC"): Action => ({
    do: what,
    asset: assetId(asset),
    amount: amount === "all" ? "all" : dec(amount),
  });
  const code = (body: CometBody, action: Action, terms?: CometTerms) => {
    const done = margin.apply(body, action, at("2000", {}, terms));
    return done.ok ? "done" : done.failure.code.replace("compound-v3/", "");
  };
  const capped = bodyOf({ WETH: tokens("WETH", 10n) }, -5_000_000000n, {
    collateral: [
      {
        id: 2,
        balance: tokens("WETH", 10n),
        supplied: tokens("WETH", 26_999n),
        funds: { wallet: "unknown", allowance: "unknown" },
      },
    ],
  });

  // oxfmt-ignore
  test.each<[string, CometBody, Action, string, CometTerms?]>([
    ["a first debt below the minimum of 100",      tenWeth(0n),      act("withdraw", "99.999999"),        "borrow-too-small"],
    ["a first debt of the minimum",                tenWeth(0n),      act("withdraw", "100"),              "done"],
    ["a repayment that leaves less is taken",      tenWeth(100n),    act("repay", "60"),                  "done"],
    ["more debt than collateral lends against",    tenWeth(16_000n), act("withdraw", "500.000001"),       "not-collateralized"],
    ["as much debt as collateral lends against",   tenWeth(16_000n), act("withdraw", "500"),              "done"],
    ["collateral below the borrow line",           tenWeth(16_000n), act("withdraw", "0.31", "WETH"),     "not-collateralized"],
    ["more collateral than there is",              tenWeth(0n),      act("withdraw", "10.1", "WETH"),     "invalid-amount"],
    ["all collateral without debt",                tenWeth(0n),      act("withdraw", "all", "WETH"),      "done"],
    ["the last room under the cap",                capped,           act("supply", "1", "WETH"),          "done"],
    ["one unit above the cap",                     capped,           act("supply", "1.000000000000000001", "WETH"), "supply-cap-exceeded"],
    ["repaying what is not owed",                  tenWeth(0n),      act("repay", "1"),                   "no-debt"],
    ["repaying in collateral",                     tenWeth(100n),    act("repay", "1", "WETH"),           "bad-asset"],
    ["an asset that is not in the market",         tenWeth(100n),    act("supply", "1", "DOGE"),          "bad-asset"],
    ["an asset that was not read",                 tenWeth(100n),    act("supply", "1", "LINK"),          "asset-not-read"],
    ["supplying all",                              tenWeth(100n),    act("supply", "all", "WETH"),        "supply-needs-an-amount"],
    ["digits the token does not have",             tenWeth(100n),    act("repay", "0.0000001"),           "invalid-amount"],
    ["repaying while supply is paused",            tenWeth(100n),    act("repay", "1"),                   "paused", paused("supply")],
    ["collateral while supply is paused",          tenWeth(100n),    act("supply", "1", "WETH"),          "paused", paused("supply")],
    ["withdrawing while that is paused",           tenWeth(100n),    act("withdraw", "1", "WETH"),        "paused", paused("withdraw")],
    ["repaying while the others are paused",       tenWeth(100n),    act("repay", "all"),                 "done",   paused("withdraw", "transfer", "absorb", "buy")],
  ])("%s", (_case, body, action, expected, terms) => {
    expect(code(body, action, terms)).toBe(expected);
  });

  test("wallet and allowance limit, and are used up; an account that is named must be this one", () => {
    const body = tenWeth(100n, { funds: { wallet: 50_000000n, allowance: 40_000000n } });
    expect(code(body, act("repay", "40.000001"))).toBe("allowance-too-small");
    expect(code(body, act("repay", "50.000001"))).toBe("wallet-too-small");
    const done = margin.apply(body, act("repay", "40"), at("2000"));
    expect(done).toMatchObject({ value: { funds: { wallet: 10_000000n, allowance: 0n } } });
    expect(code(body, { ...act("repay", "1"), account } as Action)).toBe("done");
    expect(code(body, { ...act("repay", "1"), account: cometAccount("ethereum-weth", "0xa") } as Action)).toBe(
      "another-account",
    );
  });

  test("at full utilisation no base leaves, collateral does and repaying works: collateral is not lent on", () => {
    const dry = tenWeth(10_000n, { totals: { ...evenTotals, cash: 0n } });
    expect(code(dry, act("withdraw", "100"))).toBe("not-enough-liquidity");
    expect(code(dry, act("withdraw", "1", "WETH"))).toBe("done");
    expect(code(dry, act("repay", "all"))).toBe("done");
  });

  test("base supplied beyond a debt is lent out, withdrawn it comes back to the unit", () => {
    const lent = margin.apply(tenWeth(100n), act("supply", "150"), at("2000"));
    if (!lent.ok) throw new Error(lent.failure.code);
    expect(lent.value.principal).toBe(50_000000n);
    expect(margin.apply(lent.value, act("withdraw", "all"), at("2000"))).toMatchObject(ok({ principal: 0n }));
  });
});

test("levers: the whole debt within wallet and allowance, collateral up to the cap; none while supply is paused", () => {
  const funds = (wallet: bigint) => ({ wallet, allowance: 10n ** 30n });
  const body = tenWeth(100n, {
    funds: funds(70_000000n),
    collateral: [
      { id: 2, balance: tokens("WETH", 10n), supplied: tokens("WETH", 26_998n), funds: funds(tokens("WETH", 5n)) },
    ],
  });
  const levers = (terms?: CometTerms) =>
    margin.levers!(body, account, at("2000", {}, terms)).map(({ use, on, most }) => `${use} ${text(most)} ${on}`);
  expect(levers()).toEqual(["repay 70.000000 USDC", "supply 2.000000000000000000 WETH"]);
  expect(levers(paused("supply"))).toEqual([]);
});
