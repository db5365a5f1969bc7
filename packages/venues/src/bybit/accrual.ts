import type { FormBuilder } from "@plimsoll/core/margin";
import { DAY_MS, ONE, isNegative, negate, toNumber } from "@plimsoll/core/units";
import type { BybitLine } from "./assess.ts";
import { inFull } from "./coin-value.ts";
import type { Exposure } from "./exposure.ts";
import type { Body } from "./holding.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { Band, BybitTerms } from "./terms.ts";
import { type Totals, balanceOf } from "./totals.ts";

const HOURS_A_DAY = 24;

/**
 * Funding and interest a day at frozen rates as part of a form; in the wallet at the rate at which one more unit of the coin
 * counts today.
 */
export function addAccrual(form: FormBuilder, totals: Totals, body: Body, line: BybitLine, terms: BybitTerms): void {
  const worth = worthOf(totals, body, line, terms);
  for (const exposure of totals.exposures) addFunding(form, exposure, body, worth);
  for (const { coin } of totals.coins) {
    const balance = balanceOf(body, coin);
    if (balance?.hourlyRate === undefined || !isNegative(balance.cash)) continue;
    const perDay = toNumber(balance.cash) * toNumber(balance.hourlyRate) * HOURS_A_DAY;
    form.accrual.line(form.price(indexKey(coin)), perDay * worth(coin));
  }
}

function addFunding(form: FormBuilder, exposure: Exposure, { funding }: Body, worth: (coin: string) => number): void {
  const { position, slope, power } = exposure;
  const found = funding.find(({ symbol }) => symbol === position.symbol);
  if (found?.everyMs === undefined) return;
  const perDay = (toNumber(found.rate) * DAY_MS) / found.everyMs;
  const mark = [markKey(position.symbol), power] as const;
  const isolated = position.posted !== undefined;
  const x = isolated ? form.factor(mark) : form.factor([indexKey(position.coin), 1], mark);
  // a long pays a positive rate; of an inverse contract the slope in 1 / mark has the other sign
  form.accrual.line(x, -power * toNumber(slope) * perDay * (isolated ? feeMoves(exposure) : worth(position.coin)));
}

/** Less posted margin moves the bankruptcy price, and the fee to close with it. @source README.md rule 5. */
function feeMoves({ valuation, slope, terms }: Exposure): number {
  const sign = isNegative(slope) ? -1 : 1;
  const fee = toNumber(terms.takerFee);
  return valuation === "entry" ? 1 : 1 + fee / (sign - fee);
}

/** What one more unit of a coin's value adds to the surplus today: its ratio, or in debt itself and what the debt requires. */
const worthOf =
  ({ coins }: Totals, body: Body, line: BybitLine, terms: BybitTerms) =>
  (coin: string): number => {
    const value = coins.find((each) => each.coin === coin);
    const found = terms.coins[coin];
    if (value === undefined || found === undefined) return 1;
    const owed = toNumber(negate(value.equity));
    if (owed > 0) {
      const rate = line === "initial" ? 1 / toNumber(body.spotLeverage ?? ONE) : rateAt(found.borrow ?? inFull, owed);
      return 1 + rate;
    }
    return balanceOf(body, coin)?.collateral !== false ? rateAt(found.ratios, -owed) : 0;
  };

const rateAt = (bands: readonly Band[], amount: number): number => {
  const band = bands.find(({ cap }) => cap === undefined || amount <= toNumber(cap));
  return band === undefined ? 0 : toNumber(band.rate);
};
