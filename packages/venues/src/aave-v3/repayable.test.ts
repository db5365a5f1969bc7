import type { Market } from "@plimsoll/core/margin";
import { dec, known, ms, rescale, unknown, why } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assessAave } from "./assess.ts";
import { repay } from "./repay.ts";
import { repayableAave } from "./repayable.ts";
import { findReserve } from "./reserve-access.ts";
import { aaveAccount } from "./names.ts";
import { accountOf, ethereum, reserveOf, sceneOf, tokens } from "./testing/account.ts";
import { accounts } from "./testing/states.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 60);
const scene = sceneOf(ethereum, { WETH: 3_000_00000000n, USDC: 1_00000000n, DAI: 1_00000000n });
const deep: Market = { fill: () => known(dec("3000"), ms(0)) };
const blind: Market = { fill: () => unknown(why("no-book")) };
const inPool = (asset: string, whole: bigint) => ({ pool: { virtualBalance: tokens(ethereum, asset, whole) } });

const account = accountOf(ethereum, [
  { asset: "WETH", supplied: tokens(ethereum, "WETH", 10n), ...inPool("WETH", 100n) },
  { asset: "USDC", supplied: 1_000_000000n, owed: 12_000_000000n, wallet: 700_000000n, ...inPool("USDC", 1_000_000n) },
  { asset: "DAI", owed: tokens(ethereum, "DAI", 1_000n), ...inPool("DAI", 400n) },
]);
const rows = (market: Market, body = account) =>
  repayableAave(body, scene, market).map(({ debt, route, most, limit }) => [
    `${debt} ${route}`,
    most.is === "known" ? rescale(most.value, reserveOf(ethereum, debt).decimals, "down").digits : most.is,
    limit,
  ]);

test("each debt by each route, and what binds", () => {
  expect(rows(deep)).toEqual([
    ["USDC wallet", 700_000000n, "USDC in the wallet"],
    ["USDC own-supply", 1_000_000000n, "USDC supplied by the account"],
    ["USDC sell-collateral", 12_000_000000n, "the whole debt"],
    ["DAI wallet", "none", "DAI in the wallet"],
    ["DAI own-supply", "none", "DAI supplied by the account"],
    ["DAI sell-collateral", tokens(ethereum, "DAI", 400n), "DAI that the pool lends by flash loan"],
  ]);
});

test("what was not read makes a figure unknown: the depth of a market, the wallet and the pool of a written account", () => {
  expect(
    rows(blind)
      .filter(([route]) => `${route}`.endsWith("collateral"))
      .map(([, most]) => most),
  ).toEqual(["unknown", "unknown"]);
  const reserves = account.reserves.map((held) => ({
    ...held,
    pool: "not-read" as const,
    wallet: "unknown" as const,
    allowance: "unknown" as const,
  }));
  expect(rows(deep, { ...account, reserves }).filter(([route]) => `${route}`.startsWith("USDC"))).toEqual([
    ["USDC wallet", "unknown", "USDC in the wallet"],
    ["USDC own-supply", 1_000_000000n, "USDC supplied by the account"],
    ["USDC sell-collateral", "unknown", "liquidity of the pool"],
  ]);
});

test("a slippage so large that selling lowers health is bounded by health", () => {
  const indebted = accountOf(ethereum, [
    { asset: "WETH", supplied: tokens(ethereum, "WETH", 10n), ...inPool("WETH", 100n) },
    { asset: "USDC", owed: 24_000_000000n, wallet: 0n, ...inPool("USDC", 1_000_000n) },
  ]);
  // 30,000 * 0.83 / 24,000 = 1.0375; at 2,000 a WETH each dollar repaid takes 1.5 of collateral.
  const bad: Market = { fill: () => known(dec("2000"), ms(0)) };
  const [sale] = repayableAave(indebted, scene, bad).filter(({ route }) => route === "sell-collateral");
  expect(sale?.limit).toBe("health of 1 after the sale");
  const { digits } = sale?.most.is === "known" ? sale.most.value : dec("0");
  // 24,900 - 24,000 dollars of room, and each dollar of the loan with its premium of 5 bps uses 1.5 * 0.83 of them, less itself.
  expect(Number(digits) / 1e6).toBeCloseTo(900 / (1.0005 * 1.5 * 0.83 - 1), 4);
});

test("what the wallet can repay is what the pool takes, and it never lowers health", () => {
  let met = 0;
  fc.assert(
    fc.property(accounts, ({ body, scene: at }) => {
      const terms = at.terms.body;
      for (const { debt, route, most } of repayableAave(body, at, blind)) {
        if (most.is !== "known") continue;
        const reserve = findReserve(body, terms, debt);
        if (!reserve.ok) throw new Error(reserve.failure.code);
        const done = route === "wallet" ? repay(body, terms, reserve.value, most.value) : undefined;
        if (done?.ok === false) throw new Error(done.failure.code);
        if (done === undefined) continue;
        const health = (of: typeof body) => assessAave(of, aaveAccount(of.market, of.user), at).lines[0]?.health.digits;
        const [before, after] = [health(body), health(done.value)];
        met++;
        if (before !== undefined && after !== undefined && after < before) throw new Error(`${debt} lowers health`);
      }
    }),
    { numRuns: runs },
  );
  expect(met).toBeGreaterThan(0);
});
