import type { FormBuilder } from "@plimsoll/core/margin";
import { DAY_MS, ZERO, isNegative, negate, toNumber } from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import type { Body, Funding } from "./holding.ts";
import { coinsOf } from "./interest.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { Band, OkxTerms } from "./terms.ts";
import type { Totals } from "./totals.ts";

const HOUR_MS = 3_600_000;

/** Funding and interest a day as part of a form. */
export function addAccrual(
  form: FormBuilder,
  totals: Totals,
  account: Account,
  body: Body,
  times: number,
  terms: OkxTerms,
): void {
  addFunding(form, totals, body.funding, times, terms);
  addInterest(form, totals, account, body, times, terms);
}

/**
 * Interest of a day on what is owed now, at the hourly rate, with what the debt's growth requires: the engine compounds it by the
 * hour, which differs by less than the rate itself.
 */
function addInterest(
  form: FormBuilder,
  totals: Totals,
  account: Account,
  body: Body,
  times: number,
  terms: OkxTerms,
): void {
  const perDay = (coin: string) =>
    toNumber(body.interest.find((each) => each.coin === coin)?.rate ?? ZERO) * (DAY_MS / HOUR_MS);
  for (const { coin, cash } of body.balances) {
    const grows = isNegative(cash) ? -toNumber(cash) * perDay(coin) : 0;
    if (totals.coins.some((each) => each.coin === coin))
      form.accrual.line(form.price(indexKey(coin)), -grows * countsFor(coin, totals, times, terms));
    else if (account.is === "coin" && account.coin === coin) form.accrual.add(-grows);
  }
  for (const { position, power, coin, rate } of totals.exposures) {
    if (position.kind !== "margin") continue;
    const [base, quote] = coinsOf(position);
    const grows = { [base]: toNumber(position.owed.base), [quote]: toNumber(position.owed.quote) };
    const other = coin === quote ? base : quote;
    const costs = 1 + times * toNumber(rate);
    form.accrual.add(-(grows[coin] ?? 0) * perDay(coin) * costs);
    form.accrual.line(form.factor([markKey(position.instrument), power]), -(grows[other] ?? 0) * perDay(other) * costs);
  }
}

/**
 * Funding a day at the frozen rate; in the account of all coins at the rate at which one more unit of the
 * coin counts today.
 */
function addFunding(
  form: FormBuilder,
  totals: Totals,
  funding: readonly Funding[],
  times: number,
  terms: OkxTerms,
): void {
  for (const exposure of totals.exposures) {
    const { position, have, power, coin } = exposure;
    const found = funding.find(({ instrument }) => instrument === position.instrument);
    if (position.kind !== "contract" || found?.everyMs === undefined) continue;
    const perDay = (toNumber(found.rate) * DAY_MS) / found.everyMs;
    const mark = [markKey(position.instrument), power] as const;
    const x = totals.coins.length === 0 ? form.factor(mark) : form.factor([indexKey(coin), 1], mark);
    // a long pays a positive rate; of an inverse contract the slope in 1 / mark has the other sign
    form.accrual.line(x, -power * toNumber(have.slope) * perDay * countsFor(coin, totals, times, terms));
  }
}

/** What one more unit of a coin's value adds to the surplus today: its discount, or in debt itself and what the debt requires. */
function countsFor(coin: string, { coins }: Totals, times: number, terms: OkxTerms): number {
  const value = coins.find((each) => each.coin === coin);
  const found = terms.coins[coin];
  if (value === undefined || found === undefined) return 1;
  const owed = toNumber(negate(value.equity));
  if (owed > 0) return 1 + times * rateAt(found.borrow ?? [], owed);
  return rateAt(found.discounts, -owed * (found.discountBy === "usd" ? toNumber(value.index) : 1));
}

function rateAt(bands: readonly Band[], amount: number): number {
  const band = bands.find(({ cap }) => cap === undefined || amount <= toNumber(cap));
  return band === undefined ? 0 : toNumber(band.rate);
}
