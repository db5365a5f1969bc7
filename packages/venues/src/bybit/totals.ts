import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  add,
  fail,
  isNegative,
  isZero,
  larger,
  multiply,
  negate,
  ok,
  quotient,
  smaller,
  subtract,
  why,
} from "@plimsoll/core/units";
import { type Account, positionsOf } from "./accounts.ts";
import { type CoinValue, coinValue } from "./coin-value.ts";
import { type Exposure, QUOTIENT_SCALE, exposuresOf, haveOf, initialOf, maintenanceOf } from "./exposure.ts";
import type { Balance, Body, Position } from "./holding.ts";
import { indexOf } from "./quotes.ts";
import type { BybitTerms } from "./terms.ts";

/** The sums that decide an account, exact: in its coin when isolated, in USD for the wallet. */
export interface Totals {
  readonly unit: string;
  readonly exposures: readonly Exposure[];
  /** Of the wallet; otherwise empty. */
  readonly coins: readonly CoinValue[];
  /** Margin balance less what resting spot orders take; of an isolated position posted margin and profit. */
  readonly have: Exact;
  readonly maintenance: Exact;
  /** Of positions, orders and debts. */
  readonly initial: Exact;
  /** What may leave the account. */
  readonly free: Exact;
}

export const sumOf = (values: readonly Exact[]): Exact => values.reduce(add, ZERO);

const notModelled = why("bybit/portfolio-margin", {
  next: "portfolio margin is not modelled: watch this account with the venue's own figures",
});

/** Adds up an account; fails where a price, terms or a tier are missing, and for portfolio margin. */
export function totalsOf(account: Account, body: Body, scene: Scene<BybitTerms>): Result<Totals, Why> {
  if (body.mode === "portfolio") return fail(notModelled);
  const read = exposuresOf(positionsOf(body, account), body, scene);
  if (!read.ok) return read;
  return account.is === "isolated"
    ? ok(isolatedTotals(account.position, read.value))
    : walletTotals(read.value, body, scene);
}

/** A profit not yet realised backs the position, but posted margin above the initial one is all that can be taken out. */
function isolatedTotals({ coin, posted = ZERO }: Position, exposures: readonly Exposure[]): Totals {
  const have = sumOf(exposures.map(haveOf));
  const initial = sumOf(exposures.map(initialOf));
  const free = larger(ZERO, subtract(smaller(have, posted), initial));
  return { unit: coin, exposures, coins: [], have, maintenance: sumOf(exposures.map(maintenanceOf)), initial, free };
}

function walletTotals(exposures: readonly Exposure[], body: Body, scene: Scene<BybitTerms>): Result<Totals, Why> {
  const coins: CoinValue[] = [];
  for (const coin of new Set([...body.balances.map((each) => each.coin), ...exposures.map(coinOf)])) {
    const valued = valueOf(coin, exposures, body, scene);
    if (!valued.ok) return valued;
    if (valued.value !== undefined) coins.push(valued.value);
  }
  const inUsd = (coin: string, amount: Exact) =>
    multiply(amount, coins.find((each) => each.coin === coin)?.index ?? ZERO);
  const margins = (of: (exposure: Exposure) => Exact) => sumOf(exposures.map((each) => inUsd(coinOf(each), of(each))));
  const have = subtract(sumOf(coins.map(({ adjusted }) => adjusted)), body.orderLoss);
  const maintenance = add(margins(maintenanceOf), sumOf(coins.map(({ need }) => need)));
  const ordered = sumOf(body.balances.map(({ coin, orderMargin }) => inUsd(coin, orderMargin)));
  const initial = sumOf([margins(initialOf), ordered, borrowedMargin(coins, body)]);
  const free = larger(ZERO, subtract(have, initial));
  return ok({ unit: "USD", exposures, coins, have, maintenance, initial, free });
}

const coinOf = ({ position }: Exposure): string => position.coin;

/** Initial margin of what is borrowed: its value over the leverage of spot margin trading, in full where that is not known. */
function borrowedMargin(coins: readonly CoinValue[], { spotLeverage = ONE }: Body): Exact {
  const owed = sumOf(coins.filter(({ equity }) => isNegative(equity)).map(({ adjusted }) => negate(adjusted)));
  return quotient(owed, spotLeverage, QUOTIENT_SCALE, "ceil");
}

export const balanceOf = ({ balances }: Body, coin: string): Balance | undefined =>
  balances.find((each) => each.coin === coin);

/** A coin of the wallet; undefined for one that holds nothing. */
function valueOf(
  coin: string,
  exposures: readonly Exposure[],
  body: Body,
  scene: Scene<BybitTerms>,
): Result<CoinValue | undefined, Why> {
  const own = exposures.filter((each) => coinOf(each) === coin);
  const balance = balanceOf(body, coin);
  const equity = add(balance?.cash ?? ZERO, sumOf(own.map(haveOf)));
  if (own.length === 0 && isZero(equity) && isZero(balance?.orderMargin ?? ZERO)) return ok(undefined);
  const { coins } = scene.terms.body;
  const terms = Object.hasOwn(coins, coin) ? coins[coin] : undefined;
  if (terms === undefined)
    return fail(why("bybit/no-coin-terms", { coin, next: "add its collateral value ratios to the terms" }));
  const index = indexOf(coin, scene);
  return index.ok ? ok(coinValue(coin, equity, index.value, terms, balance?.collateral !== false)) : index;
}
