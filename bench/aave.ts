// oxlint-disable import/no-relative-parent-imports -- like a test, a bench reaches past the doors for the parts it measures
import type { Holding } from "@plimsoll/core/book";
import type { Assessment, Quote, Scene } from "@plimsoll/core/margin";
import { type AccountKey, type QuoteKey, exact, holdingId, ms, pow10 } from "@plimsoll/core/units";
import { type AaveBody, type AaveTerms, aaveAccount, aaveV3, oracleQuote } from "@plimsoll/venues/aave-v3";
import {
  type Has,
  accountOf,
  ethereum,
  now,
  reserveOf,
  sceneOf,
} from "../packages/venues/src/aave-v3/testing/account.ts";
import { aaveV3Margin } from "../packages/venues/src/aave-v3/margin.ts";
import type { Chance } from "../packages/venues/src/aave-v3/testing/chance.ts";

export { accountData } from "../packages/venues/src/aave-v3/account-data.ts";
export { readPositions } from "../packages/venues/src/aave-v3/position.ts";
export { revisionOf } from "../packages/venues/src/aave-v3/revision.ts";
export { isFlagged } from "../packages/venues/src/aave-v3/user-config.ts";
export { type Priced, pricePositions } from "../packages/venues/src/aave-v3/prices.ts";
export { chanceOf } from "../packages/venues/src/aave-v3/testing/chance.ts";
export { ethereum, now } from "../packages/venues/src/aave-v3/testing/account.ts";

/** Prices by asset, base units (USD, 8 decimals). */
export type Prices = Readonly<Record<string, bigint>>;
/** Moving figures of the reserves by asset. */
export type Pools = Readonly<Record<string, NonNullable<Has["pool"]>>>;

export interface Account {
  readonly key: AccountKey;
  readonly body: AaveBody;
  readonly holding: Holding;
}

/** Rough prices; what they are changes nothing here. */
const usd: Readonly<Record<string, number>> = {
  ...{ WETH: 3_000, wstETH: 3_500, cbETH: 3_200, rETH: 3_300, WBTC: 60_000, LINK: 15, AAVE: 100 },
  ...{ USDC: 1, DAI: 1, USDT: 1, LUSD: 1, GHO: 1, sDAI: 1.1 },
};
const priceUnits = (value: number): bigint => BigInt(Math.round(value * 1e8));

/** A market in use: prices up to `most` away from the rough ones (a share), indices grown, last touched within the hour. */
export function randomPrices(chance: Chance, most: number): Prices {
  const moved = ethereum.reserves.map(({ asset }) => {
    const value = usd[asset];
    if (value === undefined) throw new Error(`no rough price for ${asset}`);
    return [asset, priceUnits(value * (1 + most * (2 * chance.next() - 1)))] as const;
  });
  return Object.fromEntries(moved);
}

export function randomPools(chance: Chance): Pools {
  const ray = (low: number, high: number) =>
    BigInt(Math.round(1e15 * (low + (high - low) * chance.next()))) * pow10(12);
  return Object.fromEntries(
    ethereum.reserves.map(({ asset }) => [
      asset,
      {
        liquidityIndex: ray(1, 1.1),
        variableBorrowIndex: ray(1, 1.2),
        liquidityRate: ray(0.001, 0.04),
        variableBorrowRate: ray(0.01, 0.09),
        lastUpdate: now - BigInt(chance.below(3_600)),
      },
    ]),
  );
}

/** Collateral and debt over 2 to 6 different reserves, worth 1,000 to 1,000,000 USD, health between about 0.9 and 2; no e-mode. */
export function randomAccount(chance: Chance, name: string, prices: Prices, pools: Pools): Account {
  const shuffled = ethereum.reserves.map((reserve) => ({ reserve, by: chance.next() })).toSorted((a, b) => a.by - b.by);
  const count = 2 + chance.below(5);
  const debts = 1 + chance.below(Math.min(2, count - 1));
  const borrowable = shuffled.filter(({ reserve }) => reserve.borrowingEnabled).slice(0, debts);
  const lendable = shuffled.filter((each) => each.reserve.liquidationThreshold > 0n && !borrowable.includes(each));
  const health = chance.between(0.9, 2);
  const supplied = lendable.slice(0, count - debts).map(({ reserve }) => {
    const worth = chance.between(1_000, 1_000_000);
    return { asset: reserve.asset, worth, counts: (worth * Number(reserve.liquidationThreshold)) / 10_000 };
  });
  const room = supplied.reduce((sum, { counts }) => sum + counts, 0) / health;
  const rows: Has[] = [
    ...supplied.map(({ asset, worth }) => ({
      asset,
      supplied: unitsOf(asset, worth, prices),
      pool: pools[asset] ?? {},
    })),
    ...borrowable.map(({ reserve: { asset } }) => ({
      asset,
      owed: unitsOf(asset, room / debts, prices),
      pool: pools[asset] ?? {},
    })),
  ];
  return account(ethereum, name, rows);
}

/** An account of given rows, as a holding read from the chain. */
export function account(terms: AaveTerms, user: string, rows: readonly Has[]): Account {
  const body = accountOf(terms, rows, { user });
  const holding = { id: holdingId(`aave-v3:${user}`), venue: aaveV3.id, rules: terms.rules, asOf: at, body };
  return { key: aaveAccount(terms.market, user), body, holding };
}
const at = ms(Number(now) * 1000);

/** The engine on a body that it has not seen: balances with interest are remembered for each body, and belong on the clock. */
export const assessFresh = ({ key, body }: Account, scene: Scene<AaveTerms>): Assessment =>
  aaveV3Margin.assess({ ...body }, key, scene);

/** Smallest units of an asset that are worth so many USD. */
export const unitsOf = (asset: string, worth: number, prices: Prices): bigint =>
  (priceUnits(worth) * pow10(reserveOf(ethereum, asset).decimals)) / prices[asset]!;

export const sceneAt = (prices: Prices): Scene<AaveTerms> => sceneOf(ethereum, prices);

/** The same scene with other prices: what changes from one price state to the next. */
export function withPrices<T>(scene: Scene<T>, prices: Prices): Scene<T> {
  const quotes = new Map<QuoteKey, Quote>();
  for (const [asset, price] of Object.entries(prices))
    quotes.set(oracleQuote(ethereum.market, asset), { value: exact(price, 8), kind: "oracle", asOf: scene.now });
  return { ...scene, quotes };
}
