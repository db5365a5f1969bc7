import type { Chooser } from "@plimsoll/core/margin";
import { exact, unknown, why } from "@plimsoll/core/units";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountData } from "./account-data.ts";
import type { AaveBody, Pool } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { liquidationCall } from "./liquidation-call.ts";
import { aaveV3Margin } from "./margin.ts";
import { aaveAccount } from "./names.ts";
import { readPositions } from "./position.ts";
import { pricePositions } from "./prices.ts";
import { revisionOf } from "./revision.ts";
import { type Has, accountOf, ethereum, now, reserveOf, sceneOf } from "./testing/account.ts";
import { accounts } from "./testing/states.ts";
import { MAX_UINT256, RAY } from "./wad-ray-math.ts";
import { isFlagged } from "./user-config.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const wei = 10n ** 18n;
const lots: Partial<Pool> = { virtualBalance: 10n ** 30n };
const call = { collateral: "WETH", debt: "USDC", debtToCover: MAX_UINT256, receiveAToken: false };
const at = (eth: bigint) => ({ WETH: eth * 10n ** 8n, WBTC: 60_000_00000000n, USDC: 1_00000000n, DAI: 1_00000000n });
const changed = (asset: string, change: Partial<AaveTerms["reserves"][number]>): AaveTerms => ({
  ...ethereum,
  reserves: ethereum.reserves.map((reserve) => (reserve.asset === asset ? { ...reserve, ...change } : reserve)),
});
const held = (body: AaveBody, asset: string) => body.reserves.find(({ id }) => id === reserveOf(ethereum, asset).id)!;
const poolOf = (body: AaveBody, asset: string): Pool => {
  const { pool } = held(body, asset);
  if (pool === "not-read") throw new Error("no pool");
  return pool;
};
const dataOf = (body: AaveBody, scene: ReturnType<typeof sceneOf>) => {
  const positions = readPositions(body, scene.terms.body);
  const priced = positions.ok ? pricePositions(positions.value.filter(isFlagged), scene) : positions;
  if (!priced.ok) throw new Error(priced.failure.code);
  return accountData(priced.value, revisionOf(ethereum));
};
const loan: readonly Has[] = [
  { asset: "WETH", supplied: 10n * wei, pool: lots },
  { asset: "USDC", owed: 16_700_000000n, pool: lots },
];
const steps = (body: AaveBody, scene: ReturnType<typeof sceneOf>, chooser: Chooser) =>
  aaveV3Margin.liquidate(
    body,
    aaveAccount(body.market, body.user),
    scene,
    { fill: () => unknown(why("no-book")) },
    chooser,
  );

describe("who may liquidate, and when", () => {
  const paused = changed("WETH", { paused: true });
  const grace = changed("USDC", { liquidationGraceUntil: now });
  const graceOver = changed("USDC", { liquidationGraceUntil: now - 1n });
  const down = { sentinel: { borrowAllowed: false, liquidationAllowed: false } };
  const dai = { ...call, debt: "DAI" };
  const notCollateral = [{ ...loan[0]!, collateral: false }, { ...loan[1]! }];
  // source: aave-v3-origin 3.6.0 ValidationLogic.validateLiquidationCall; health is 16,600 / 16,700 at 2,000 and 0.9 at 1,811
  // oxfmt-ignore
  test.each<[string, string, AaveTerms, readonly Has[], bigint, Partial<AaveBody>, typeof call]>([
    ["below 1",                            "allowed",                                       ethereum,  loan,          2_000n, {},   call],
    ["exactly 1 is safe",                  "aave-v3/health-factor-not-below-threshold",     ethereum,  [loan[0]!, { ...loan[1]!, owed: 16_600_000000n }], 2_000n, {}, call],
    ["a reserve is paused",                "aave-v3/reserve-paused",                        paused,    loan,          2_000n, {},   call],
    ["sequencer down, above 0.95",         "aave-v3/price-oracle-sentinel-check-failed",    ethereum,  loan,          2_000n, down, call],
    ["sequencer down, below 0.95",         "allowed",                                       ethereum,  loan,          1_811n, down, call],
    ["in the grace period's last second",  "aave-v3/liquidation-grace-sentinel-check-failed", grace,   loan,          1_811n, {},   call],
    ["after the grace period",             "allowed",                                       graceOver, loan,          1_811n, {},   call],
    ["not used as collateral",             "aave-v3/collateral-cannot-be-liquidated",       ethereum,  notCollateral, 2_000n, {},   call],
    ["not owed",                           "aave-v3/specified-currency-not-borrowed-by-user", ethereum, [...loan, { asset: "DAI" }], 2_000n, {}, dai],
    ["a part that leaves dust",            "aave-v3/must-not-leave-dust",                   ethereum,  loan,          1_811n, {},   { ...call, debtToCover: 16_000_000000n }],
    ["a part that burns nothing",          "aave-v3/invalid-burn-amount",                   ethereum,  loan,          2_000n, {},   { ...call, debtToCover: 0n }],
    ["the pool cannot pay out",            "aave-v3/not-enough-liquidity",                  ethereum,  [{ ...loan[0]!, pool: {} }, loan[1]!], 2_000n, {}, call],
    ["but the liquidator may take aTokens", "allowed",                                      ethereum,  [{ ...loan[0]!, pool: {} }, loan[1]!], 2_000n, {}, { ...call, receiveAToken: true }],
  ])("%s", (_case, expected, terms, has, eth, more, asked) => {
    const done = liquidationCall(accountOf(terms, has, more), sceneOf(terms, at(eth)), asked);
    expect(done.ok ? "allowed" : done.failure.code).toBe(expected);
  });
});

test("a partial liquidation moves balances, totals, virtual balances and the treasury's aTokens", () => {
  const body = accountOf(ethereum, loan);
  const done = liquidationCall(body, sceneOf(ethereum, at(2_000n)), call);
  if (!done.ok) throw new Error(done.failure.code);
  const { after } = done.value;
  // 8,350 USDC repaid; 4.38375 WETH leave, of which 0.020875 stay in the pool as the treasury's.
  expect(held(after, "WETH").scaledSupply).toBe(5_616250000000000000n);
  expect(poolOf(after, "WETH")).toMatchObject({
    scaledSupply: 5_637125000000000000n,
    virtualBalance: 10n ** 30n - 4_362875000000000000n,
  });
  expect(held(after, "USDC").scaledDebt).toBe(8_350_000000n);
  expect(poolOf(after, "USDC")).toMatchObject({
    scaledDebt: 8_350_000000n,
    virtualBalance: 10n ** 30n + 8_350_000000n,
    deficit: 0n,
  });
  expect(after.config).toBe(body.config);
  expect(done.value.deficits).toEqual([]);
});

test("the last collateral gone, every debt becomes a deficit of its reserve", () => {
  const has = [loan[0]!, { ...loan[1]!, owed: 17_500_000000n }, { asset: "DAI", owed: 100n * wei, pool: lots }];
  const body = accountOf(ethereum, has);
  const [step, ...more] = steps(body, sceneOf(ethereum, at(1_750n)), { fixed: ["WETH", "USDC"] });
  expect(more).toEqual([]);
  expect(step?.taken).toEqual([{ asset: "WETH", amount: exact(9_952380952380952381n, 18) }]);
  expect(step?.fee).toEqual([{ asset: "WETH", amount: exact(47619047619047619n, 18) }]);
  expect(step?.badDebt).toEqual([
    { asset: "USDC", amount: exact(833_333333n, 6) },
    { asset: "DAI", amount: exact(100n * wei, 18) },
  ]);
  const after = step!.after;
  expect(after.config).toBe(0n);
  expect(after.reserves.map(({ scaledSupply, scaledDebt }) => [scaledSupply, scaledDebt])).toEqual(
    after.reserves.map(() => [0n, 0n]),
  );
  expect(poolOf(after, "USDC")).toMatchObject({ scaledDebt: 0n, deficit: 833_333333n });
  expect(poolOf(after, "DAI")).toMatchObject({ scaledDebt: 0n, deficit: 100n * wei });
});

test("in e-mode the category's bonus is paid", () => {
  const has = [
    { asset: "wstETH", supplied: 10n * wei, pool: lots },
    { asset: "WETH", owed: 95n * 10n ** 17n, pool: lots },
  ];
  const scene = sceneOf(ethereum, { wstETH: 2_000_00000000n, WETH: 2_000_00000000n });
  const pair = { collateral: "wstETH", debt: "WETH", debtToCover: wei, receiveAToken: false };
  const seized = (eMode: number) => {
    const done = liquidationCall(accountOf(ethereum, has, { eMode }), scene, pair);
    return done.ok ? done.value.seized + done.value.fee : done.failure.code;
  };
  expect(seized(1)).toBe(1_010000000000000000n);
  expect(seized(0)).toBe(1_060000000000000000n);
});

test("collateral and debt in one reserve: the treasury's share is accrued twice, as the contract does", () => {
  const running = { ...lots, variableBorrowRate: RAY / 10n, lastUpdate: now - 31_536_000n, scaledDebt: 10n ** 12n };
  const has = [{ asset: "USDC", supplied: 1_000_000000n, owed: 950_000000n, pool: running }];
  const body = accountOf(ethereum, has);
  const scene = sceneOf(ethereum, at(2_000n));
  const done = liquidationCall(body, scene, { ...call, collateral: "USDC" });
  if (!done.ok) throw new Error(done.failure.code);
  // 10.5166...% of 1,000,950 USDC is interest, a tenth of it the treasury's: 10,526.67; twice.
  const interest = (1_000_950_000000n * (RAY + RAY / 10n + RAY / 200n + RAY / 6_000n - RAY)) / RAY;
  const accrued = poolOf(done.value.after, "USDC").accruedToTreasury;
  expect(accrued > 2n * (interest / 10n) - 10n && accrued < 2n * (interest / 10n) + 10n).toBe(true);
});

test("choosers: the worst for the owner costs the most, and repeated calls end", () => {
  const has = [
    { asset: "WETH", supplied: 10n * wei, pool: lots },
    { asset: "WBTC", supplied: 10_000_000n, pool: lots },
    { asset: "USDC", owed: 12_000_000000n, pool: lots },
    { asset: "DAI", owed: 6_000n * wei, pool: lots },
  ];
  const scene = (eth: bigint) => sceneOf(changed("WBTC", { liquidationBonus: 11_000n }), at(eth));
  const worst = (eth: bigint) => steps(accountOf(ethereum, has), scene(eth), "worst-for-owner")[0]?.what;
  // 6,000 USD of WBTC pay for 5,454.55 of debt, the owner loses 545.45. WETH's bonus is 5 %: of 9,000 (half, above 0.95) 450,
  // of 12,000 (whole, at 1,400: health 0.906) 600.
  expect(worst(1_500n)).toBe("5454.545454545454545455 DAI repaid by a liquidator for WBTC");
  expect(worst(1_400n)).toBe("12000.000000 USDC repaid by a liquidator for WETH");
  expect(steps(accountOf(ethereum, has), scene(1_400n), { fixed: ["WBTC", "DAI"] })[0]?.taken[0]?.asset).toBe("WBTC");
  expect(steps(accountOf(ethereum, has), scene(1_400n), { fixed: ["USDC", "WETH"] })).toEqual([]);
});

test("a liquidation that leaves debt raises health exactly where health was above threshold times bonus", () => {
  let met = 0;
  fc.assert(
    fc.property(fc.bigInt({ min: 1_500n, max: 2_010n }), fc.bigInt({ min: 3_000n, max: 5_000n }), (eth, covered) => {
      const body = accountOf(ethereum, loan);
      const scene = sceneOf(ethereum, at(eth));
      const before = dataOf(body, scene).health;
      const done = liquidationCall(body, scene, { ...call, debtToCover: covered * 1_000_000n });
      if (!done.ok || before === "no-debt") return;
      const after = dataOf(done.value.after, scene).health;
      // 0.83 * 1.05 = 0.8715, the point of no return; within a hair of it rounding decides.
      const [line, hair] = [871500000000000000n, 10n ** 12n];
      if (after === "no-debt" || (before > line - hair && before < line + hair)) return;
      met++;
      expect(after > before).toBe(before > line);
    }),
    { numRuns: runs },
  );
  expect(met).toBeGreaterThan(0);
});

test("what leaves the borrower arrives somewhere: tokens are conserved in every step", () => {
  let met = 0;
  fc.assert(
    fc.property(
      accounts,
      fc.constantFrom<Chooser>("worst-for-owner", "best-for-liquidator"),
      ({ body, scene }, chooser) => {
        let before = body;
        for (const step of steps(body, scene, chooser)) {
          met++;
          for (const reserve of scene.terms.body.reserves) {
            const sum = (flows: typeof step.taken) =>
              flows
                .filter(({ asset }) => asset === reserve.asset)
                .reduce((total, { amount }) => total + amount.digits, 0n);
            const left = owns(before, scene, reserve.id) - owns(step.after, scene, reserve.id);
            // Scaled tokens are burned in whole ones: net and fee are each rounded up once.
            const gone = sum(step.taken) + sum(step.fee);
            expect(left >= gone - 1n && left <= gone + 4n).toBe(true);
            const deficit = poolDeficit(step.after, reserve.id) - poolDeficit(before, reserve.id);
            expect(deficit).toBe(sum(step.badDebt));
          }
          before = step.after;
        }
      },
    ),
    { numRuns: runs },
  );
  expect(met).toBeGreaterThan(0);
});
const owns = (body: AaveBody, scene: ReturnType<typeof sceneOf>, id: number): bigint => {
  const positions = readPositions(body, scene.terms.body);
  return positions.ok ? (positions.value.find(({ terms }) => terms.id === id)?.supplied ?? 0n) : 0n;
};
const poolDeficit = (body: AaveBody, id: number): bigint => {
  const pool = body.reserves.find((each) => each.id === id)?.pool;
  return pool === undefined || pool === "not-read" ? 0n : pool.deficit;
};
