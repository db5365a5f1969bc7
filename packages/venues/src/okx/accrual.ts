import type { FormBuilder } from "@plimsoll/core/margin";
import { negate, toNumber } from "@plimsoll/core/units";
import type { Exposure } from "./exposure.ts";
import type { Funding } from "./holding.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { Band, OkxTerms } from "./terms.ts";
import type { Totals } from "./totals.ts";

const DAY_MS = 86_400_000;

/**
 * Funding a day at the frozen rate as part of a form; in the account of all coins at the rate at which one more unit of the
 * coin counts today.
 */
export function addAccrual(
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
    form.accrual.line(x, -power * toNumber(have.slope) * perDay * countsFor(exposure, totals, times, terms));
  }
}

/** What one more unit of a coin's value adds to the surplus today: its discount, or in debt itself and what the debt requires. */
function countsFor({ coin }: Exposure, { coins }: Totals, times: number, terms: OkxTerms): number {
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
