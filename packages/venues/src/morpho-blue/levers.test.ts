import type { Market } from "@plimsoll/core/margin";
import { type Exact, exact, known, ms, text, unknown, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { applyMorpho } from "./apply.ts";
import { assessMorpho } from "./assess.ts";
import { WAD } from "./constants.ts";
import type { MarketHeld, Purse } from "./holding.ts";
import { leversMorpho } from "./levers.ts";
import { morphoAccount } from "./names.ts";
import { repayableMorpho } from "./repayable.ts";
import { NOW, bodyOf, heldIn, sceneOf, totalsOf } from "./testing/builders.ts";

const alone = (name: string, debt: bigint, collateral: bigint, change: Partial<MarketHeld> = {}) =>
  heldIn(name, {
    totals: totalsOf({
      supplyAssets: debt,
      supplyShares: debt * 1_000_000n,
      borrowAssets: debt,
      borrowShares: debt * 1_000_000n,
      lastUpdate: NOW,
      borrowRate: 0n,
    }),
    borrowShares: debt * 1_000_000n,
    collateral,
    ...change,
  });
// 10 wstETH against 30,000 USDC: everything is lent out, so utilisation is 100 %.
const loan = alone("wstETH-USDC", 30_000_000000n, 10n * WAD);
const staked = alone("wstETH-WETH", 5n * WAD, 10n * WAD);
const account = morphoAccount("test", "me", "wstETH-USDC");
const stakedAccount = morphoAccount("test", "me", "wstETH-WETH");
const scene = (price = 4_000n) => sceneOf({ "wstETH-USDC": exact(price), "wstETH-WETH": exact(12n, 1) });
const purse = (asset: string, balance: Purse["balance"]): Purse => ({ asset, balance, allowance: "unknown" });
const bodyWith = (...purses: Purse[]) => bodyOf([loan, staked], { purses });

test("levers are what the wallet can pay, each naming its account", () => {
  const body = bodyWith(purse("USDC", 4_000_000000n), purse("wstETH", 3n * WAD), purse("WETH", 9n * WAD));
  const levers = leversMorpho(body, account, scene());
  expect(levers.map(({ use, on, most }) => [use, on, text(most)])).toEqual([
    ["repay", "USDC", "4000.000000"],
    ["supply", "wstETH", "3.000000000000000000"],
  ]);
  for (const lever of levers) {
    const action = lever.act(lever.most, exact(0n));
    expect(action).toMatchObject({ account });
    const after = applyMorpho(body, action, scene());
    if (!after.ok) throw new Error(after.failure.code);
    const health = (of: typeof body) => assessMorpho(of, account, scene()).lines[0]!.health.digits;
    expect(health(after.value)).toBeGreaterThan(health(body));
  }
  expect(leversMorpho(bodyWith(purse("USDC", 0n)), account, scene())).toEqual([]);
});

test("an unknown wallet offers to repay all, and no supply", () => {
  const levers = leversMorpho(bodyWith(purse("USDC", "unknown"), purse("wstETH", "unknown")), account, scene());
  expect(levers.map(({ use, on, most }) => [use, on, text(most)])).toEqual([["repay", "USDC", "30000.000000"]]);
});

test("no lever repays more than is owed", () => {
  const [repay] = leversMorpho(bodyWith(purse("USDC", 10n ** 12n)), account, scene());
  expect(text(repay!.most)).toBe("30000.000000");
});

test("collateral can be withdrawn down to the line itself, and not one unit further", () => {
  // 30,000 / 0.86 / 4,000 tokens are needed: 8.720930232558139534..., and a unit less is worth a unit of USDC too little
  const left = 8_720930232750000000n;
  const withdraw = (units: bigint) =>
    applyMorpho(bodyWith(), { do: "withdraw", asset: "wstETH" as never, amount: exact(units, 18), account }, scene());
  expect(withdraw(10n * WAD - left).ok).toBe(true);
  expect(withdraw(10n * WAD - left + 1n)).toMatchObject({
    ok: false,
    failure: { code: "morpho-blue/insufficient-collateral", facts: { debt: "30000.000000", allowed: "29999.999999" } },
  });
});

test("two accounts take wstETH: an action that does not say which is refused", () => {
  const supply = { do: "supply", asset: "wstETH" as never, amount: exact(1n) } as const;
  expect(applyMorpho(bodyWith(), supply, scene())).toMatchObject({
    ok: false,
    failure: {
      code: "morpho-blue/which-account",
      facts: { next: `name one of the accounts ${account}, ${stakedAccount}` },
    },
  });
  expect(applyMorpho(bodyWith(), { ...supply, account: stakedAccount }, scene()).ok).toBe(true);
  const wrong = { do: "repay", asset: "USDC" as never, amount: "all", account: stakedAccount } as const;
  expect(applyMorpho(bodyWith(), wrong, scene())).toMatchObject({ failure: { code: "morpho-blue/unknown-asset" } });
});

test("an amount that covers the debt burns every share; a unit less leaves some", () => {
  const owing = (amount: Exact | "all") => {
    const after = applyMorpho(bodyWith(), { do: "repay", asset: "USDC" as never, amount, account }, scene());
    if (!after.ok) throw new Error(after.failure.code);
    return after.value.markets[0]!.borrowShares;
  };
  expect([owing("all"), owing(exact(30_000n)), owing(exact(40_000n))]).toEqual([0n, 0n, 0n]);
  expect(owing(exact(29_999_999999n, 6))).toBe(1_000_000n);
});

test("the last debt of a market can be one unit above its total: paid in full, nothing is left of it", () => {
  // 10^13 shares of a total of 1: up(10^13 x 2 / (10^13 + 10^6)) is 2
  const last = alone("wstETH-USDC", 1n, WAD, {
    totals: totalsOf({ borrowAssets: 1n, borrowShares: 10n ** 13n, lastUpdate: NOW, borrowRate: 0n }),
    borrowShares: 10n ** 13n,
  });
  const body = bodyOf([last], { purses: [purse("USDC", 5n)] });
  const after = applyMorpho(body, { do: "repay", asset: "USDC" as never, amount: "all" }, scene());
  if (!after.ok) throw new Error(after.failure.code);
  expect(after.value.markets[0]!.totals).toMatchObject({ borrowAssets: 0n, borrowShares: 0n });
  expect(after.value.purses[0]!.balance).toBe(3n);
});

/** A pool that pays 4,000 a token less a share of the price for every token sold: average 4,000 - loss * size. */
const pool = (loss: number): Market => ({
  fill: (instrument, side, size) => {
    if (instrument !== "wstETH/USDC" || side !== "sell") throw new Error(`${side} ${instrument}`);
    const average = 4_000_000000n * 10n ** 18n - size.digits * BigInt(Math.round(loss * 1e6));
    return known(exact(average > 0n ? average : 0n, 24), ms(0));
  },
});
const noBook: Market = { fill: () => unknown(why("no-book")) };
const routes = (market: Market, price = 4_000n, ...purses: Purse[]) =>
  Object.fromEntries(
    repayableMorpho(bodyWith(...purses), account, scene(price), market).map(({ route, most, limit }) => [
      route,
      [most.is === "known" ? text(most.value) : `${most.is} ${"why" in most ? most.why.code : ""}`, limit],
    ]),
  );

test("at 100 % utilisation a wallet still repays: no liquidity of the market is needed", () => {
  expect(routes(noBook, 4_000n, purse("USDC", 4_000_000000n))).toEqual({
    wallet: ["4000.000000", "USDC in the wallet"],
    "own-supply": ["none morpho-blue/nothing-lent", "no USDC lent"],
    "sell-collateral": ["unknown no-book", "depth of wstETH/USDC"],
  });
  expect(routes(noBook, 4_000n, purse("USDC", 10n ** 12n))["wallet"]).toEqual(["30000.000000", "the whole debt"]);
  expect(routes(noBook, 4_000n, purse("USDC", 0n))["wallet"]?.[0]).toBe("none morpho-blue/wallet-empty");
  expect(routes(noBook, 4_000n, purse("USDC", "unknown"))["wallet"]?.[0]).toBe("unknown wallet-not-read");
});

test("what the owner lent to the same market does not pay his debt", () => {
  const lender = { ...loan, supplyShares: 5_000_000000n * 1_000_000n };
  const [, own] = repayableMorpho(bodyOf([lender]), account, scene(), noBook);
  expect([own?.route, own?.most.is, own?.limit]).toEqual(["own-supply", "none", "lent tokens do not pay a debt"]);
});

test("selling collateral pays all of the debt where the market is deep", () => {
  expect(routes(pool(1))["sell-collateral"]).toEqual(["30000.000000", "the whole debt"]);
});

test("where the market is shallow the sale stops at the line: one unit more would leave the rest unhealthy", () => {
  // Average 4,000 - 200 s of s tokens: at most 20,000 are to be had. Healthy while (10 - s) x 4,000 x 0.86 is at least
  // 30,000 - s (4,000 - 200 s): up to s = 6.294895300208, which brings 17,254.439832.
  const [most, limit] = routes(pool(200))["sell-collateral"]!;
  expect([most, limit]).toEqual(["17254.439832", "depth of wstETH/USDC"]);
});

test("under water a sale heals where it pays more than the line counts, within the sizes that do", () => {
  expect(routes(pool(1), 3_400n)["sell-collateral"]).toEqual(["30000.000000", "the whole debt"]);
  // -760 + 1,076 s - 300 s^2 is at least 0 up to s = 2.619596675804, which brings 8,419.700680; rounding costs six units of that
  expect(routes(pool(300), 3_400n)["sell-collateral"]).toEqual(["8419.700674", "depth of wstETH/USDC"]);
  // -760 + 1,076 s - 400 s^2 never is
  expect(routes(pool(400), 3_400n)["sell-collateral"]?.[0]).toBe("none morpho-blue/no-sale-restores-health");
});
