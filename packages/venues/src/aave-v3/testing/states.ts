// oxlint-disable import/no-relative-parent-imports -- unit tests reach into their room without its network parts
import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import type { State } from "@plimsoll/core/margin/testing";
import { assetId, exact, holdingId, ms, pow10 } from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { AaveBody, Pool } from "../holding.ts";
import { type AaveTerms, type ReserveTerms, type Rules, closeFactors } from "../terms.ts";
import { aaveV3Id, rulesR10 } from "../names.ts";
import { RAY } from "../wad-ray-math.ts";
import { type Has, accountOf, ethereum, now, reserveOf, sceneOf } from "./account.ts";

/** Usual prices in whole dollars; random scenes stay between half and twice of them. */
export const usual: Readonly<Record<string, bigint>> = {
  WETH: 3_000n,
  wstETH: 3_500n,
  WBTC: 100_000n,
  USDC: 1n,
  DAI: 1n,
};
const assets = Object.keys(usual);

/** Highest yearly rate of a random pool: 40 %. */
export const rateMax = (2n * RAY) / 5n;

/** What is random in an account of one reserve: values in cents of a dollar, shares in bps. */
const row = fc.record({
  has: fc.constantFrom("nothing", "supply", "supply", "debt", "both"),
  suppliedCents: fc.bigInt({ min: 1n, max: 10n ** 9n }),
  owedCents: fc.bigInt({ min: 1n, max: 3n * 10n ** 8n }),
  collateral: fc.boolean(),
  walletCents: fc.bigInt({ min: 0n, max: 10n ** 8n }),
  liquidityIndex: fc.bigInt({ min: RAY, max: 2n * RAY }),
  variableBorrowIndex: fc.bigInt({ min: RAY, max: 2n * RAY }),
  rate: fc.bigInt({ min: 0n, max: rateMax }),
  idleSeconds: fc.bigInt({ min: 0n, max: 86_400n * 10n }),
  priceBps: fc.bigInt({ min: 5_000n, max: 20_000n }),
});
type Random<A> = A extends fc.Arbitrary<infer V> ? V : never;
type Row = Random<typeof row>;

/** Governance's side of a random state. */
const market = fc.record({
  frozen: fc.constantFrom(...assets, "none"),
  ltvZero: fc.constantFrom(...assets, "none"),
  ltvZeroInEMode: fc.boolean(),
  graceLeft: fc.constantFrom(0n, 3_600n),
});

function termsOf({ frozen, ltvZero, ltvZeroInEMode, graceLeft }: Random<typeof market>, rules: Rules): AaveTerms {
  const listed = ethereum.reserves.filter(({ asset }) => assets.includes(asset));
  const reserves = listed.map((reserve) => ({
    ...reserve,
    frozen: reserve.asset === frozen,
    ltv: reserve.asset === ltvZero ? 0n : reserve.ltv,
    liquidationGraceUntil: reserve.asset === "WBTC" ? now - 1n + graceLeft : 0n,
    rates: rules === "v3.0" ? inRay(reserve.rates) : reserve.rates,
  }));
  const bit = 1n << BigInt(reserveOf(ethereum, "wstETH").id);
  const isolated = rules === "r11" && ltvZeroInEMode;
  return {
    ...ethereum,
    rules,
    closeFactor: closeFactors[rules],
    reserves,
    eModes: ethereum.eModes.map((each) => ({ ...each, isolated, ltvZeroBitmap: ltvZeroInEMode ? bit : 0n })),
  };
}

const inRay = ({ optimalUsage, base, slope1, slope2 }: ReserveTerms["rates"]): ReserveTerms["rates"] => {
  const ray = (bps: bigint) => bps * (RAY / 10_000n);
  return { optimalUsage: ray(optimalUsage), base: ray(base), slope1: ray(slope1), slope2: ray(slope2) };
};

function hasOf(terms: AaveTerms, asset: string, random: Row): Has {
  const units = (cents: bigint, index: bigint) =>
    (cents * pow10(reserveOf(terms, asset).decimals) * RAY) / (usual[asset]! * 100n * index) + 1n;
  const supplies = random.has === "supply" || random.has === "both";
  const owes = random.has === "debt" || random.has === "both";
  const pool: Partial<Pool> = {
    liquidityIndex: random.liquidityIndex,
    variableBorrowIndex: random.variableBorrowIndex,
    liquidityRate: random.rate / 2n,
    variableBorrowRate: random.rate,
    lastUpdate: now - random.idleSeconds,
    scaledSupply: units(10n ** 10n, RAY),
    scaledDebt: units(5n * 10n ** 9n, RAY),
    virtualBalance: units(5n * 10n ** 9n, RAY),
  };
  return {
    asset,
    supplied: supplies ? units(random.suppliedCents, random.liquidityIndex) : 0n,
    owed: owes ? units(random.owedCents, random.variableBorrowIndex) : 0n,
    collateral: random.collateral,
    wallet: units(random.walletCents, RAY),
    pool,
  };
}

/** Accounts in up to five reserves, in and out of e-mode, with a running interest, in a market with its own troubles. */
export const accountsUnder = (rules: Rules) =>
  fc
    .record({
      market,
      rows: fc.tuple(row, row, row, row, row),
      eMode: fc.constantFrom(0, 0, 1),
      block: fc.bigInt({ min: 1n, max: 10n ** 8n }),
    })
    .map(({ market: governed, rows, eMode, block }) => {
      const terms = termsOf(governed, rules);
      const body = accountOf(
        terms,
        rows.map((random, i) => hasOf(terms, assets[i]!, random)),
        { eMode, block },
      );
      const prices = rows.map((random, i) => [assets[i]!, usual[assets[i]!]! * random.priceBps * 10_000n] as const);
      return { body, scene: sceneOf(terms, Object.fromEntries(prices)) };
    });

export const holdingOf = (body: AaveBody) => ({
  id: holdingId("test"),
  venue: aaveV3Id,
  rules: rulesR10,
  asOf: ms(Number(body.timestamp) * 1000),
  body,
});

/** Under pool revision 10. */
export const accounts = accountsUnder("r10");

export const statesUnder = (rules: Rules): fc.Arbitrary<State> =>
  accountsUnder(rules).map(({ body, scene }) => ({ holding: holdingOf(body), scene }));

/** Actions on the reserves of the test, most of them small enough to be allowed. */
export function actions(scene: Scene<AaveTerms>): fc.Arbitrary<Action> {
  return fc
    .record({
      what: fc.constantFrom("supply", "repay", "withdraw"),
      asset: fc.constantFrom(...assets),
      amount: fc.option(fc.bigInt({ min: 1n, max: 10n ** 6n }), { freq: 5 }),
    })
    .map(({ what, asset, amount }): Action => {
      const { decimals } = reserveOf(scene.terms.body, asset);
      const units = amount === null ? ("all" as const) : exact(amount * pow10(Math.max(0, decimals - 6)), decimals);
      return { do: what, asset: assetId(asset), amount: units };
    });
}
