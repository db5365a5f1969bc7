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
  slopedBend,
  tierCurve,
} from "@plimsoll/core/margin";
import { type AccountKey, ONE, invariant, magnitude, toNumber } from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { addAccrual } from "./accrual.ts";
import { type BybitLine, needOf } from "./assess.ts";
import { inFull } from "./coin-value.ts";
import { type Exposure, closingFee, feeShare, initialOf, maintenanceOf, wholeSize } from "./exposure.ts";
import type { Body } from "./holding.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { BybitTerms, CoinTerms } from "./terms.ts";
import { type Totals, balanceOf, totalsOf } from "./totals.ts";

/** The float64 form of one line of one account: an isolated position in its coin, the wallet in USD. */
export function compile(body: Body, key: AccountKey, scene: Scene<BybitTerms>, line: LineName): Compiled {
  const account = accountOf(body, key);
  if (account === undefined) return { none: "no-position" };
  if (line !== "initial" && line !== "maintenance") return { unknown: `bybit has no ${line} line` };
  if (account.is === "isolated" && line === "initial")
    return { unknown: "an isolated position has no initial line: its initial margin is the one agreed at entry" };
  const totals = totalsOf(account, body, scene);
  if (!totals.ok) return { unknown: `${totals.failure.code} ${JSON.stringify(totals.failure.facts)}` };
  const need = needOf(totals.value, line);
  if (need.digits === 0n) return { none: "no-position" };
  return { form: formOf(account, body, totals.value, line, scene) };
}

function formOf(account: Account, body: Body, totals: Totals, line: BybitLine, scene: Scene<BybitTerms>): MarginForm {
  const form = formBuilder();
  if (account.is === "wallet") addWallet(form, body, totals, line, scene.terms.body);
  else totals.exposures.forEach((exposure) => addIsolated(form, exposure));
  totals.exposures.forEach((exposure) => endWithTable(form, exposure));
  addAccrual(form, totals, body, line, scene.terms.body);
  const { unit } = totals;
  const frame = { line, unit, atZero: "liquidatable", compiledAtMs: scene.now } as const;
  return form.build({ ...frame, error: errorOf(totals) });
}

/** The quote that moves a position: its mark, or for an inverse contract the inverse of it. */
export const markFactor = ({ position, power }: Exposure) => [markKey(position.symbol), power] as const;

/** A table that is not complete ends the form where its last row ends: beyond it nothing is known, as in `tierOf`. */
function endWithTable(form: FormBuilder, exposure: Exposure): void {
  const { complete, tiers } = exposure.terms;
  if (complete || exposure.valuation === "entry") return;
  const top = toNumber(tiers.at(-1)!.cap) / toNumber(wholeSize(exposure));
  form.endAt(form.factor(markFactor(exposure)), top);
}

/** The share of the charge on position and orders together that falls on the position. */
const shareOf = (exposure: Exposure): number =>
  toNumber(magnitude(exposure.position.size)) / toNumber(wholeSize(exposure));

/** In the settlement coin: what there is, the tier curve of the value, and the fee at the bankruptcy price. */
function addIsolated(form: FormBuilder, exposure: Exposure): void {
  const x = form.factor(markFactor(exposure));
  form.have.add(toNumber(exposure.fixed)).line(x, toNumber(exposure.slope));
  if (exposure.valuation === "entry") {
    form.need.add(toNumber(maintenanceOf(exposure)));
    return;
  }
  form.need.add(toNumber(closingFee(exposure)));
  const share = shareOf(exposure);
  const rows = exposure.terms.tiers.map(({ floor, mmr, deduction }) => ({
    from: toNumber(floor),
    rate: toNumber(mmr) * share,
    deduct: toNumber(deduction) * share,
  }));
  form.need.curve(x, tierCurve(rows, toNumber(wholeSize(exposure))));
}

/** A pool a coin: its sum in USD goes through the collateral ratios into have, and through the rate on debts into need. */
function addWallet(form: FormBuilder, body: Body, totals: Totals, line: BybitLine, terms: BybitTerms): void {
  form.have.add(-toNumber(body.orderLoss));
  for (const { coin } of totals.coins) {
    const found = terms.coins[coin];
    invariant(found !== undefined, `totals have terms of ${coin}`);
    const balance = balanceOf(body, coin);
    const index = form.price(indexKey(coin));
    const pool = form.pool(
      ratioBend(found, index, balance?.collateral !== false),
      requiredBend(found, index, line, toNumber(body.spotLeverage ?? ONE)),
    );
    pool.line(index, balance === undefined ? 0 : toNumber(balance.cash));
    if (line === "initial" && balance !== undefined) form.need.line(index, toNumber(balance.orderMargin));
    for (const exposure of totals.exposures.filter(({ position }) => position.coin === coin)) {
      const x = form.factor([indexKey(coin), 1], markFactor(exposure));
      pool.line(index, toNumber(exposure.fixed)).line(x, toNumber(exposure.slope));
      addNeed(form, exposure, line, index, x);
    }
  }
}

/** Margin of a position in the wallet, in USD; its tiers count coins of the pool's value, so they bend by the coin's price. */
function addNeed(form: FormBuilder, exposure: Exposure, line: BybitLine, index: number, x: number): void {
  if (exposure.valuation === "entry") {
    form.need.line(index, toNumber(line === "initial" ? initialOf(exposure) : maintenanceOf(exposure)));
    return;
  }
  const value = toNumber(magnitude(exposure.slope));
  form.need.line(x, value * toNumber(feeShare(exposure)));
  if (line === "initial") {
    form.need.line(x, value / toNumber(exposure.position.leverage));
    return;
  }
  const rows = exposure.terms.tiers;
  const share = shareOf(exposure);
  const shape = { from: [-Infinity, ...rows.slice(1).map(({ floor }) => toNumber(floor))], by: index } as const;
  const tiers = slopedBend({ into: "need", ...shape, slopes: rows.map(({ mmr }) => toNumber(mmr) * share) });
  form.pool(tiers).line(x, toNumber(wholeSize(exposure)));
}

const ratioBend = ({ ratios }: CoinTerms, index: number, collateral: boolean): Bend =>
  collateral ? collateralBend(ratios, index) : slopedBend({ into: "have", from: [-Infinity, 0], slopes: [1, 0] });

/** What a debt requires: maintenance by its size, initial margin by the leverage chosen. */
const requiredBend = ({ borrow = inFull }: CoinTerms, index: number, line: BybitLine, leverage: number): Bend =>
  line === "initial"
    ? slopedBend({ into: "need", from: [-Infinity, 0], slopes: [-1 / leverage, 0] })
    : debtBend(borrow, index);

/**
 * The engine is exact but for quotients, cut at 30 decimals: less than one epsilon of any position. The form rounds each
 * coefficient, quote, factor, product and sum, and deductions follow from running sums of the rates: a term a row.
 */
const errorOf = ({ exposures, coins }: Totals): MarginForm["error"] => {
  const rows = exposures.reduce((sum, { terms }) => sum + terms.tiers.length, 0);
  return { absolute: 0, relative: (10 * exposures.length + 4 * coins.length + rows + 8) * Number.EPSILON };
};
