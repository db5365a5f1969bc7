import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  add,
  invariant,
  isZero,
  larger,
  multiply,
  ok,
  smaller,
  subtract,
} from "@plimsoll/core/units";
import type { Account, AllAssets, OneAsset } from "./accounts.ts";
import { type AssetValue, assetValue } from "./asset-value.ts";
import { QUOTIENT_SCALE } from "./contract-value.ts";
import { type Priced, initialMargin, maintenance, priceAll, profit } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";

/** The sums that decide an account, exact, in its margin asset; in USD where all assets stand together. */
export interface Totals {
  readonly priced: readonly Priced[];
  /** Of an account of all assets; otherwise empty. */
  readonly assets: readonly AssetValue[];
  /** Margin balance: wallet plus unrealised profit at mark, of several assets what they count. */
  readonly equity: Exact;
  readonly maintenance: Exact;
  /** Of positions at mark and of open orders; absent while a leverage is not known. */
  readonly initial?: Exact;
  /** What may leave or be used: for a pool its available balance, for an isolated position its removable margin. */
  readonly free?: Exact;
}

export const sumOf = (values: readonly Exact[]): Exact => values.reduce(add, ZERO);

/** Adds up an account; fails where a mark, an index, a tier table or a haircut is missing. */
export function totalsOf(account: Account, scene: Scene<BinanceTerms>): Result<Totals, Why> {
  const read = priceAll(account.positions, scene);
  if (!read.ok) return read;
  return account.is === "unified" ? inUsd(account, read.value, scene) : ok(inOneAsset(account, read.value));
}

/** What has to stand behind an account: its maintenance, in portfolio margin more than that. */
export const requiredOf = ({ maintenance: sum }: Totals, { uniMmr }: BinanceTerms): Exact =>
  multiply(sum, uniMmr?.liquidation ?? ONE);

function inOneAsset(account: OneAsset, priced: readonly Priced[]): Totals {
  const sums = {
    priced,
    assets: [],
    equity: add(account.wallet, sumOf(priced.map(profit))),
    maintenance: sumOf(priced.map(maintenance)),
  };
  const margins = priced.map((each) => initialMargin(each));
  if (!margins.every((margin) => margin !== undefined)) return sums;
  const initial = add(account.orderMargin, sumOf(margins));
  return { ...sums, initial, free: freeOf(account, sums.equity, initial) };
}

/**
 * Available balance of a pool: equity less initial margin. Removable margin of an isolated position: the same, but a profit
 * not yet realised cannot be taken out. Never below 0.
 * @source Binance support: available balance and removable isolated margin, README.md rules 6 and 7.
 */
function freeOf(account: OneAsset, equity: Exact, initial: Exact): Exact {
  const beyond = larger(ZERO, subtract(equity, initial));
  return account.is === "cross" ? beyond : smaller(beyond, larger(ZERO, account.wallet));
}

/** Each asset at what it counts, each requirement at the index of its asset. What portfolio margin lets out is not modelled. */
function inUsd({ wallets }: AllAssets, priced: readonly Priced[], scene: Scene<BinanceTerms>): Result<Totals, Why> {
  const assets: AssetValue[] = [];
  let reserved = ZERO;
  for (const { asset, cross, orderMargin } of wallets) {
    const own = priced.filter(({ position }) => position.asset === asset);
    const amount = add(cross, sumOf(own.map(profit)));
    if (own.length === 0 && isZero(amount) && isZero(orderMargin)) continue;
    const valued = assetValue(asset, amount, scene);
    if (!valued.ok) return valued;
    assets.push(valued.value);
    reserved = add(reserved, multiply(orderMargin, valued.value.index));
  }
  const sums = {
    priced,
    assets,
    equity: sumOf(assets.map(({ value }) => value)),
    maintenance: sumOf(priced.map((each) => multiply(maintenance(each), indexOf(each, assets)))),
  };
  // what is counted in USD afterwards is not cut before
  const margins = priced.map((each) => initialMargin(each, QUOTIENT_SCALE));
  if (scene.terms.body.uniMmr !== undefined || !margins.every((margin) => margin !== undefined)) return ok(sums);
  const initial = add(reserved, sumOf(priced.map((each, i) => multiply(margins[i]!, indexOf(each, assets)))));
  return ok({ ...sums, initial, free: larger(ZERO, subtract(sums.equity, initial)) });
}

/** What a unit of a position's margin asset is worth in USD. */
export const indexOf = ({ position }: Priced, assets: readonly AssetValue[]): Exact =>
  assetOf(position.asset, assets).index;

/** The value of an asset that positions are margined in; the reader of a holding sees to its wallet. */
export function assetOf(asset: string, assets: readonly AssetValue[]): AssetValue {
  const found = assets.find((each) => each.asset === asset);
  invariant(found !== undefined, `a position is margined in ${asset}, which has no wallet`);
  return found;
}

/** Profit not yet realised raises what a pool may use, but wallet money is all that can leave it. */
export const spendable = ({ is, wallet }: OneAsset, free: Exact | undefined): Exact | undefined => {
  if (free === undefined || is === "isolated") return free;
  return smaller(free, wallet);
};
