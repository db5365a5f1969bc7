import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  fail,
  isZero,
  larger,
  multiply,
  ok,
  smaller,
  subtract,
  why,
} from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import { type CoinValue, coinValue } from "./coin-value.ts";
import { type Exposure, exposuresOf, haveOf, initialOf, needOf } from "./exposure.ts";
import { type Body, type Position, isIsolated } from "./holding.ts";
import { indexOf } from "./quotes.ts";
import type { OkxTerms } from "./terms.ts";

/** The sums that decide an account, exact: in its coin, or in USD for all coins together. */
export interface Totals {
  readonly unit: string;
  readonly exposures: readonly Exposure[];
  /** Of the account of all coins; otherwise empty. */
  readonly coins: readonly CoinValue[];
  /** Equity, or adjusted equity. */
  readonly have: Exact;
  /** Maintenance margin with the fees to close. */
  readonly need: Exact;
  /** What may leave the account; absent while a leverage is not known or a coin is owed. */
  readonly free?: Exact;
}

export const sumOf = (values: readonly Exact[]): Exact => values.reduce(add, ZERO);

/** Adds up an account; fails where a price, terms or a tier are missing, and for portfolio margin. */
export function totalsOf(account: Account, body: Body, scene: Scene<OkxTerms>): Result<Totals, Why> {
  switch (account.is) {
    case "coin":
      return coinTotals(account.coin, body, scene);
    case "all-coins":
      return body.mode === "portfolio" ? fail(notModelled) : allCoinTotals(body, scene);
    case "isolated":
      return isolatedTotals(account.position, body, scene);
  }
}

const notModelled = why("okx/portfolio-margin", {
  next: "portfolio margin is not modelled: watch this account with the venue's own figures",
});

function isolatedTotals(position: Position, body: Body, scene: Scene<OkxTerms>): Result<Totals, Why> {
  const read = exposuresOf([position], body, scene);
  if (!read.ok) return read;
  const totals = inOneCoin(read.value[0]?.coin ?? "", ZERO, read.value);
  const posted = position.margin.mode === "isolated" && "balance" in position.margin ? position.margin.balance : ZERO;
  // a profit not yet realised raises what a position may use, but posted margin is all that can be taken out
  return ok(totals.free === undefined ? totals : { ...totals, free: smaller(totals.free, posted) });
}

function coinTotals(coin: string, body: Body, scene: Scene<OkxTerms>): Result<Totals, Why> {
  const positions = body.positions.filter((each) => !isIsolated(each) && each.coin === coin);
  const read = exposuresOf(positions, body, scene);
  return read.ok ? ok(inOneCoin(coin, balanceOf(body, coin), read.value)) : read;
}

/** Cash of a coin less what orders take out of equity. */
export function balanceOf({ balances }: Body, coin: string): Exact {
  const found = balances.find((each) => each.coin === coin);
  return found === undefined ? ZERO : subtract(found.cash, found.frozen);
}

function inOneCoin(coin: string, balance: Exact, exposures: readonly Exposure[]): Totals {
  const have = add(balance, sumOf(exposures.map(haveOf)));
  const need = sumOf(exposures.map(needOf));
  const initial = allKnown(exposures.map(initialOf));
  const sums = { unit: coin, exposures, coins: [], have, need };
  return initial === undefined ? sums : { ...sums, free: larger(ZERO, subtract(have, sumOf(initial))) };
}

/**
 * All coins in USD: adjusted equity against maintenance of positions and of debts. What is free is not known while a coin is
 * owed: initial margin of a debt depends on a leverage setting that is not read.
 */
function allCoinTotals(body: Body, scene: Scene<OkxTerms>): Result<Totals, Why> {
  const read = exposuresOf(
    body.positions.filter((each) => !isIsolated(each)),
    body,
    scene,
  );
  if (!read.ok) return read;
  const exposures = read.value;
  const coins: CoinValue[] = [];
  for (const coin of new Set([...body.balances.map((each) => each.coin), ...exposures.map((each) => each.coin)])) {
    const valued = valueOf(coin, exposures, body, scene);
    if (!valued.ok) return valued;
    if (valued.value !== undefined) coins.push(valued.value);
  }
  const inUsd = (of: (each: Exposure) => Exact) =>
    sumOf(exposures.map((each) => multiply(of(each), coins.find(({ coin }) => coin === each.coin)?.index ?? ZERO)));
  const have = sumOf(coins.map(({ adjusted }) => adjusted));
  const owing = sumOf(coins.map(({ need }) => need));
  const sums = { unit: "USD", exposures, coins, have, need: add(inUsd(needOf), owing) };
  if (allKnown(exposures.map(initialOf)) === undefined || !isZero(owing)) return ok(sums);
  const initial = inUsd((each) => initialOf(each) ?? ZERO);
  return ok({ ...sums, free: larger(ZERO, subtract(have, initial)) });
}

/** A coin of the account; undefined for one that holds nothing. */
function valueOf(
  coin: string,
  exposures: readonly Exposure[],
  body: Body,
  scene: Scene<OkxTerms>,
): Result<CoinValue | undefined, Why> {
  const own = exposures.filter((each) => each.coin === coin);
  const equity = add(balanceOf(body, coin), sumOf(own.map(haveOf)));
  if (own.length === 0 && isZero(equity)) return ok(undefined);
  const { coins } = scene.terms.body;
  const terms = Object.hasOwn(coins, coin) ? coins[coin] : undefined;
  if (terms === undefined || (own.length > 0 && terms.borrow === undefined)) return fail(noCoin(coin));
  const index = indexOf(coin, scene);
  if (!index.ok) return index;
  const value = coinValue(coin, equity, index.value, terms);
  return value === undefined ? fail(noCoin(coin)) : ok(value);
}

const noCoin = (coin: string): Why =>
  why("okx/no-coin-terms", { coin, next: "add its discount rates and its maintenance rates on debts to the terms" });

const allKnown = <T>(values: readonly (T | undefined)[]): readonly T[] | undefined =>
  values.every((value) => value !== undefined) ? values : undefined;
