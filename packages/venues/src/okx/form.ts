import {
  type Bend,
  type Compiled,
  type FormBuilder,
  type LineName,
  type MarginForm,
  type Scene,
  collateralBend,
  debtBend,
  formBuilder,
} from "@plimsoll/core/margin";
import { type AccountKey, type Exact, invariant, toNumber } from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { type OkxLine, TIMES } from "./assess.ts";
import { addAccrual } from "./accrual.ts";
import { type Exposure, type Linear } from "./exposure.ts";
import type { Body } from "./holding.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { CoinTerms, OkxTerms } from "./terms.ts";
import { type Totals, balanceOf, totalsOf } from "./totals.ts";

/** The float64 form of one line of one account, in its coin or in USD; inverse contracts are lines in 1 / mark. */
export function compile(body: Body, key: AccountKey, scene: Scene<OkxTerms>, line: LineName): Compiled {
  const account = accountOf(body, key);
  if (account === undefined) return { none: "no-position" };
  if (line !== "warn" && line !== "maintenance") return { unknown: `okx has no ${line} line` };
  const totals = totalsOf(account, body, scene);
  if (!totals.ok) return { unknown: `${totals.failure.code} ${JSON.stringify(totals.failure.facts)}` };
  const { exposures, coins } = totals.value;
  if (exposures.length === 0 && coins.every(({ need }) => need.digits === 0n)) return { none: "no-position" };
  return { form: formOf(account, body, totals.value, line, scene) };
}

function formOf(account: Account, body: Body, totals: Totals, line: OkxLine, scene: Scene<OkxTerms>): MarginForm {
  const form = formBuilder();
  if (account.is === "all-coins") addCoins(form, body, totals, TIMES[line], scene.terms.body);
  else {
    if (account.is === "coin") form.have.add(toNumber(balanceOf(body, account.coin)));
    for (const exposure of totals.exposures) {
      const x = form.factor(markOf(exposure));
      form.have.add(toNumber(exposure.have.fixed)).line(x, toNumber(exposure.have.slope));
      const { fixed, slope } = needLine(exposure, TIMES[line]);
      form.need.add(fixed).line(x, slope);
    }
  }
  addAccrual(form, totals, account, body, TIMES[line], scene.terms.body);
  return form.build({
    line,
    unit: totals.unit,
    atZero: "liquidatable",
    error: errorOf(totals),
    compiledAtMs: scene.now,
  });
}

export const markOf = ({ position, power }: Exposure) => [markKey(position.instrument), power] as const;

function needLine({ charged, rate }: Exposure, times: number): { readonly fixed: number; readonly slope: number } {
  const scaled = ({ fixed, slope }: Linear, by: (value: Exact) => number) => ({ fixed: by(fixed), slope: by(slope) });
  return scaled(charged, (value) => times * toNumber(value) * toNumber(rate));
}

/** A pool a coin: its sum in USD goes through the discount into have, and through the rate on debts into need. */
function addCoins(form: FormBuilder, body: Body, { coins, exposures }: Totals, times: number, terms: OkxTerms): void {
  for (const { coin } of coins) {
    const found = terms.coins[coin];
    invariant(found !== undefined, `totals have terms of ${coin}`);
    const index = form.price(indexKey(coin));
    const pool = form.pool(...bendsOf(found, index, times));
    pool.line(index, toNumber(balanceOf(body, coin)));
    for (const exposure of exposures.filter((each) => each.coin === coin)) {
      const x = form.factor([indexKey(coin), 1], markOf(exposure));
      pool.line(index, toNumber(exposure.have.fixed)).line(x, toNumber(exposure.have.slope));
      const { fixed, slope } = needLine(exposure, times);
      form.need.line(index, fixed).line(x, slope);
    }
  }
}

function bendsOf({ discountBy, discounts, borrow }: CoinTerms, index: number, times: number): readonly Bend[] {
  const discount = collateralBend(discounts, discountBy === "coins" ? index : undefined);
  return borrow === undefined ? [discount] : [discount, debtBend(borrow, index, times)];
}

/**
 * The engine is exact but for quotients by a price, cut at 30 decimals: less than one epsilon of any position. The form rounds
 * each coefficient, quote, factor, product and sum: up to six terms a position (two sides, two legs, two quotes), four a coin.
 */
const errorOf = ({ exposures, coins }: Totals): MarginForm["error"] => ({
  absolute: 0,
  relative: (6 * exposures.length + 4 * coins.length + 8) * Number.EPSILON,
});
