import type { Action } from "@plimsoll/core/book";
import { assetId, dec } from "@plimsoll/core/units";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equityOf } from "./assess.ts";
import { applyAave } from "./apply.ts";
import type { AaveBody, Pool } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { oracleQuote } from "./names.ts";
import { readPositions } from "./position.ts";
import { pricePositions } from "./prices.ts";
import { revisionOf } from "./revision.ts";
import { type Has, accountOf, ethereum, now, reserveOf, sceneOf } from "./testing/account.ts";
import { accounts, actions } from "./testing/states.ts";
import { borrows, usesAsCollateral } from "./user-config.ts";
import { MAX_UINT256, RAY } from "./wad-ray-math.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const wei = 10n ** 18n;
const prices = {
  WETH: 2_000_00000000n,
  wstETH: 2_300_00000000n,
  WBTC: 60_000_00000000n,
  USDC: 1_00000000n,
  DAI: 1_00000000n,
};
const act = (verb: "supply" | "repay" | "withdraw", asset: string, amount: string): Action => ({
  do: verb,
  asset: assetId(asset),
  amount: amount === "all" ? amount : dec(amount),
});
const pool = (held: AaveBody["reserves"][number] | undefined): Pool => {
  if (held === undefined || held.pool === "not-read") throw new Error("no pool");
  return held.pool;
};
const id = (asset: string) => reserveOf(ethereum, asset).id;
const held = (body: AaveBody, asset: string) => body.reserves.find((each) => each.id === id(asset))!;
const changed = (asset: string, change: Partial<AaveTerms["reserves"][number]>): AaveTerms => ({
  ...ethereum,
  reserves: ethereum.reserves.map((reserve) => (reserve.asset === asset ? { ...reserve, ...change } : reserve)),
});

describe("a reserve a day after its last touch, indices apart from 1", () => {
  const usdc: Has = {
    asset: "USDC",
    supplied: 5_000_000000n,
    owed: 2_000_000000n,
    wallet: 10_000_000000n,
    pool: {
      liquidityIndex: 1_034567890123456789012345678n,
      variableBorrowIndex: 1_123456789012345678901234567n,
      liquidityRate: 25n * 10n ** 24n,
      variableBorrowRate: 4n * 10n ** 25n,
      lastUpdate: now - 86_400n,
      scaledSupply: 10n ** 12n - 5_000_000000n,
      scaledDebt: 6n * 10n ** 11n - 2_000_000000n,
      virtualBalance: 350_000_000000n,
      accruedToTreasury: 1_000n,
    },
  };
  const body = accountOf(ethereum, [usdc, { asset: "WETH", supplied: 10n * wei }]);
  // source: formulas of aave-v3-origin 3.6.0 (SupplyLogic, BorrowLogic, ReserveLogic), figures worked separately in integer arithmetic
  // oxfmt-ignore
  test.each([
    // action                                 own scaled supply  own scaled debt  total supply       total debt       virtual balance  liquidity rate              borrow rate                  wallet
    [act("supply", "USDC", "1000.000001"),    5_966520923n,      2_000000000n,    1_000966_520923n,  600000_000000n,  351000_000001n,  15135800159525088966748125n, 25573737628195364145471954n, 8_999_999999n],
    [act("repay", "USDC", "500"),             5_000000000n,      1_554993825n,    1_000000_000000n,  599554_993825n,  350500_000000n,  15142885156795444241569776n, 25579722401408825288346716n, 9_500_000000n],
    [act("repay", "USDC", "all"),             5_000000000n,      0n,              1_000000_000000n,  598000_000000n,  352247_159829n,  15064438450407793089439702n, 25513379345647346833107822n, 7_752_840171n],
    [act("repay", "USDC", "9999"),            5_000000000n,      0n,              1_000000_000000n,  598000_000000n,  352247_159829n,  15064438450407793089439702n, 25513379345647346833107822n, 7_752_840171n],
    [act("withdraw", "USDC", "1234.567891"),  3_806764303n,      2_000000000n,    998806_764303n,    600000_000000n,  348765_432109n,  15202001102772639034592455n, 25629603798352914279573304n, 11_234_567891n],
    [act("withdraw", "USDC", "all"),          0n,                2_000000000n,    995000_000000n,    600000_000000n,  344826_806246n,  15319748301767949852276259n, 25728669471864305435146488n, 15_173_193754n],
  ] as const)("%o", (action, scaledSupply, scaledDebt, totalSupply, totalDebt, virtualBalance, liquidityRate, variableBorrowRate, wallet) => {
    const after = applyAave(body, action, sceneOf(ethereum, prices));
    if (!after.ok) throw new Error(JSON.stringify(after.failure));
    expect(held(after.value, "USDC")).toMatchObject({ scaledSupply, scaledDebt, wallet });
    expect(pool(held(after.value, "USDC"))).toEqual({
      scaledSupply: totalSupply,
      scaledDebt: totalDebt,
      virtualBalance,
      liquidityRate,
      variableBorrowRate,
      liquidityIndex: 1_034638750937848806600634195n,
      variableBorrowIndex: 1_123579914311034686750466889n,
      lastUpdate: now,
      accruedToTreasury: 7_141190n,
      deficit: 0n,
      isolationDebt: 0n,
    });
    expect(held(after.value, "WETH")).toEqual(held(body, "WETH"));
    expect(borrows(after.value.config, id("USDC"))).toBe(scaledDebt > 0n);
    expect(usesAsCollateral(after.value.config, id("USDC"))).toBe(scaledSupply > 0n);
  });
});

describe("refusals say the contract's error", () => {
  const rows: readonly Has[] = [
    { asset: "WETH", supplied: 10n * wei, wallet: 5n * wei },
    {
      asset: "USDC",
      owed: 12_000_000000n,
      wallet: 100_000000n,
      allowance: 50_000000n,
      pool: { virtualBalance: 10n ** 12n },
    },
    { asset: "DAI", supplied: 100n * wei, collateral: false, wallet: 10n ** 30n, pool: { virtualBalance: 0n } },
  ];
  const plenty = rows.map((row) => ({
    ...row,
    wallet: 10n ** 30n,
    allowance: 10n ** 30n,
    pool: { virtualBalance: 10n ** 30n },
  }));
  const isolated = changed("WETH", { ltv: 0n });
  const withTreasury = plenty.map((row) => ({ ...row, pool: { ...row.pool, accruedToTreasury: wei / 2n } }));
  // source: require statements of aave-v3-origin 3.6.0 ValidationLogic.sol; the last three are the token's and our own
  // oxfmt-ignore
  test.each<[string, Action, AaveTerms, readonly Has[]]>([
    ["aave-v3/reserve-frozen",                                 act("supply", "WETH", "1"),       changed("WETH", { frozen: true }),    plenty],
    ["aave-v3/reserve-paused",                                 act("repay", "USDC", "1"),        changed("USDC", { paused: true }),    plenty],
    ["aave-v3/reserve-inactive",                               act("withdraw", "WETH", "1"),     changed("WETH", { active: false }),   plenty],
    ["aave-v3/supply-cap-exceeded",                            act("supply", "WETH", "11"),      changed("WETH", { supplyCap: 20n }),  plenty],
    ["aave-v3/supply-cap-exceeded",                            act("supply", "WETH", "9.6"),     changed("WETH", { supplyCap: 20n }),  withTreasury],
    ["aave-v3/no-debt-of-selected-type",                       act("repay", "DAI", "1"),         ethereum,                             plenty],
    ["aave-v3/not-enough-available-user-balance",              act("withdraw", "WETH", "10.5"),  ethereum,                             plenty],
    ["aave-v3/health-factor-lower-than-liquidation-threshold", act("withdraw", "WETH", "2.8"),   ethereum,                             plenty],
    ["aave-v3/invalid-amount",                                 act("supply", "USDC", "0"),       ethereum,                             plenty],
    ["aave-v3/invalid-amount",                                 act("repay", "USDC", "0.0000001"), ethereum,                            plenty],
    ["aave-v3/not-enough-liquidity",                           act("withdraw", "DAI", "1"),      ethereum,                             rows],
    ["aave-v3/wallet-too-small",                               act("supply", "WETH", "5.1"),     ethereum,                             rows],
    ["aave-v3/wallet-too-small",                               act("repay", "USDC", "all"),      ethereum,                             rows],
    ["aave-v3/allowance-too-small",                            act("repay", "USDC", "50.000001"), ethereum,                            rows],
    ["aave-v3/unknown-asset",                                  act("repay", "DOGE", "1"),        ethereum,                             rows],
    ["aave-v3/reserve-not-read",                               act("supply", "WBTC", "1"),       ethereum,                             rows],
    ["aave-v3/supply-needs-an-amount",                         act("supply", "WETH", "all"),     ethereum,                             rows],
    ["aave-v3/no-such-action",                                 { do: "cancel", order: "1" },     ethereum,                             rows],
  ])("%s", (code, action, terms, has) => {
    const after = applyAave(accountOf(terms, has), action, sceneOf(terms, prices));
    expect(after.ok).toBe(false);
    if (!after.ok) expect([after.failure.code, typeof after.failure.facts["next"]]).toEqual([code, "string"]);
  });

  test("collateral whose LTV is zero leaves first", () => {
    const has = [...plenty, { asset: "WBTC", supplied: 10n ** 8n, pool: { virtualBalance: 10n ** 12n } }];
    const out = (asset: string) =>
      applyAave(accountOf(isolated, has), act("withdraw", asset, "0.1"), sceneOf(isolated, prices));
    expect(out("WETH").ok).toBe(true);
    const refused = out("WBTC");
    expect(!refused.ok && refused.failure.code).toBe("aave-v3/ltv-validation-failed");
  });

  test("the cap itself may be reached", () => {
    const terms = changed("WETH", { supplyCap: 20n });
    expect(applyAave(accountOf(terms, withTreasury), act("supply", "WETH", "9.5"), sceneOf(terms, prices)).ok).toBe(
      true,
    );
  });

  test("frozen does not stop repaying or leaving", () => {
    const terms = { ...ethereum, reserves: ethereum.reserves.map((reserve) => ({ ...reserve, frozen: true })) };
    const scene = sceneOf(terms, prices);
    expect(applyAave(accountOf(terms, plenty), act("repay", "USDC", "all"), scene).ok).toBe(true);
    expect(applyAave(accountOf(terms, plenty), act("withdraw", "WETH", "1"), scene).ok).toBe(true);
  });
});

describe("a first supply becomes collateral by itself", () => {
  const first = (terms: AaveTerms, others: readonly Has[], more: Partial<AaveBody> = {}) => {
    const body = accountOf(terms, [{ asset: "wstETH", wallet: 10n * wei }, ...others], more);
    const after = applyAave(body, act("supply", "wstETH", "1"), sceneOf(terms, prices));
    if (!after.ok) throw new Error(after.failure.code);
    return usesAsCollateral(after.value.config, id("wstETH"));
  };
  const weth = { asset: "WETH", supplied: wei };
  const ltvZero = { ...ethereum.eModes[0]!, ltvZeroBitmap: 1n << BigInt(id("wstETH")) };
  // source: aave-v3-origin 3.6.0 ValidationLogic.validateAutomaticUseAsCollateral
  // oxfmt-ignore
  test.each<[string, boolean, AaveTerms, readonly Has[], Partial<AaveBody>]>([
    ["the first of all",                    true,  ethereum,                              [],     {}],
    ["beside another collateral",           true,  ethereum,                              [weth], {}],
    ["not where it lends nothing",          false, changed("wstETH", { ltv: 0n }),        [],     {}],
    ["but where the e-mode lends on it",    true,  changed("wstETH", { ltv: 0n }),        [],     { eMode: 1 }],
    ["not where the e-mode lends nothing",  false, { ...ethereum, eModes: [ltvZero] },    [],     { eMode: 1 }],
    ["not an isolated asset",               false, changed("wstETH", { debtCeiling: 1n }), [],    {}],
    ["not beside an isolated collateral",   false, changed("WETH", { debtCeiling: 1n }),  [weth], {}],
  ])("%s", (_case, expected, terms, others, more) => {
    expect(first(terms, others, more)).toBe(expected);
  });
});

test("a repayment is taken off the debt counted against an isolated collateral", () => {
  const terms = changed("WETH", { debtCeiling: 1_000_000n });
  const body = accountOf(terms, [
    { asset: "WETH", supplied: wei, pool: { isolationDebt: 600_00n } },
    { asset: "USDC", owed: 500_000000n, wallet: 500_000000n, allowance: MAX_UINT256 },
  ]);
  const after = applyAave(body, act("repay", "USDC", "123.456789"), sceneOf(terms, prices));
  if (!after.ok) throw new Error(after.failure.code);
  expect(pool(held(after.value, "WETH")).isolationDebt).toBe(600_00n - 123_45n);
  expect(held(after.value, "USDC").allowance).toBe(MAX_UINT256);
});

test("the debt index stands still while nobody owes, although a base rate is stored", () => {
  const running = { variableBorrowRate: RAY / 10n, liquidityRate: 0n, lastUpdate: now - 1_000n };
  const body = accountOf(ethereum, [{ asset: "DAI", wallet: wei, pool: running }]);
  const after = applyAave(body, act("supply", "DAI", "1"), sceneOf(ethereum, prices));
  if (!after.ok) throw new Error(after.failure.code);
  expect(pool(held(after.value, "DAI"))).toMatchObject({
    variableBorrowIndex: RAY,
    liquidityIndex: RAY,
    lastUpdate: now,
  });
});

test("interest alone changes nothing that is stored", () => {
  const body = accountOf(ethereum, [{ asset: "WETH", supplied: wei, pool: { liquidityRate: RAY / 10n } }]);
  const scene = sceneOf(ethereum, prices);
  const after = applyAave(body, { was: "interest", body: { until: now + 60n } }, scene);
  expect(after).toEqual({ ok: true, value: { ...body, timestamp: now + 60n } });
});

test("no action makes or loses value beyond the rounding of one scaled unit and of base units", () => {
  const wealth = (body: AaveBody, scene: ReturnType<typeof sceneOf>): bigint => {
    const positions = readPositions(body, scene.terms.body);
    const priced = positions.ok ? pricePositions(positions.value, scene) : positions;
    if (!priced.ok) throw new Error(priced.failure.code);
    const wallets = priced.value.reduce(
      (sum, { held: { wallet }, price, unit }) => sum + (wallet === "unknown" ? 0n : (wallet * price) / unit),
      0n,
    );
    return equityOf(priced.value, revisionOf(ethereum)) + wallets;
  };
  const cases = accounts.chain(({ body, scene }) => actions(scene).map((action) => ({ body, scene, action })));
  fc.assert(
    fc.property(cases, ({ body, scene, action }) => {
      const after = applyAave(body, action, scene);
      if (!after.ok) return;
      const { asset, decimals } = reserveOf(scene.terms.body, "asset" in action ? action.asset : "");
      const price = scene.quotes.get(oracleQuote(scene.terms.body.market, asset))?.value.digits ?? 0n;
      // Indices stay below 2.1, so one scaled unit is worth at most three units; each of six values is rounded once.
      const units = (3n * price) / 10n ** BigInt(decimals);
      const lost = wealth(body, scene) - wealth(after.value, scene);
      expect(lost >= -6n && lost <= units + 6n).toBe(true);
    }),
    { numRuns: runs },
  );
});
