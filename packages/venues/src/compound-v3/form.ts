import { type Compiled, type LineName, type Scene, formBuilder } from "@plimsoll/core/margin";
import { exact, toNumber } from "@plimsoll/core/units";
import { type CometLine, isCometLine } from "./assess.ts";
import { owedOf } from "./base-balance.ts";
import { FACTOR_DECIMALS, INDEX_SCALE, PRICE_DECIMALS } from "./comet-math.ts";
import type { CometBody } from "./holding.ts";
import { accrue, rateAt, utilizationOf } from "./indices.ts";
import { oracleQuote } from "./names.ts";
import { type Solvency, readSolvency } from "./solvency.ts";
import type { AssetTerms, CometTerms } from "./terms.ts";

/** Largest relative error of one float64 rounding. */
const HALF_ULP = 2 ** -53;
const DAY_SECONDS = 86_400n;

/**
 * The form of one line: have = sum of balance * factor * price, need = debt * base price. Interest after the holding's timestamp is the
 * accrual: the market's own is simple until somebody touches it, so the slope is exact up to rounding.
 */
export function compileComet(body: CometBody, scene: Scene<CometTerms>, line: LineName): Compiled {
  if (!isCometLine(line)) return { unknown: `compound-v3 has no line "${line}": it has maintenance and borrow` };
  const terms = scene.terms.body;
  const accrued = accrue(body, terms);
  const read = readSolvency(accrued, scene);
  if (!read.ok)
    return { unknown: `${read.failure.code} ${read.failure.facts["quote"] ?? read.failure.facts["value"]}` };
  if (read.value.debt === 0n) return { none: "no-debt" };

  const form = formBuilder();
  for (const { held, terms: asset } of read.value.collateral) {
    const counted = exact(held.balance * factorOf(asset, line), asset.decimals + FACTOR_DECIMALS);
    form.have.line(form.price(oracleQuote(terms.market, asset.asset)), toNumber(counted));
  }
  const base = form.price(oracleQuote(terms.market, terms.base.asset));
  form.need.line(base, toNumber(exact(owedOf(accrued), terms.base.decimals)));
  form.accrual.line(base, -toNumber(exact(interestPerDay(body, terms), terms.base.decimals + FACTOR_DECIMALS)));
  return {
    form: form.build({
      line,
      unit: terms.priceUnit,
      atZero: "safe",
      error: errorOf(read.value, line),
      compiledAtMs: Number(body.timestamp) * 1000,
    }),
  };
}

const factorOf = ({ liquidateFactor, borrowFactor }: AssetTerms, line: CometLine): bigint =>
  line === "maintenance" ? liquidateFactor : borrowFactor;

/** Interest of the debt in a day, base units at scale 1e18: from the stored index, which simple interest does not compound. */
function interestPerDay({ principal, totals }: CometBody, { borrowCurve }: CometTerms): bigint {
  if (totals === "not-read") return 0n;
  const perSecond = rateAt(borrowCurve, utilizationOf(totals));
  return (-principal * totals.borrowIndex * perSecond * DAY_SECONDS) / INDEX_SCALE;
}

/**
 * In units: the engine rounds each collateral value down by less than one unit, its product with the factor again, and the debt's value
 * down by less than one. Relative is float64's own: slope, price and product of each leg, then the additions.
 */
function errorOf({ collateral }: Solvency, line: CometLine) {
  const units = collateral.reduce(
    (sum, { terms }) => sum + 1 + toNumber(exact(factorOf(terms, line), FACTOR_DECIMALS)),
    1,
  );
  return { absolute: units * 10 ** -PRICE_DECIMALS, relative: (5 + 2 * collateral.length) * HALF_ULP };
}
