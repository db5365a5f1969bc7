import { type Compiled, type LineName, type MarginForm, type Scene, formBuilder } from "@plimsoll/core/margin";
import { type AccountKey, exact, toNumber } from "@plimsoll/core/units";
import { subaccountOf } from "./assess.ts";
import { TICKS_PER_RATE } from "./funding.ts";
import type { Body, Subaccount } from "./holding.ts";
import { oracleKey } from "./names.ts";
import { QUOTE_SCALE, usdc } from "./quantums.ts";
import { type Priced, riskOf } from "./risk.ts";
import type { DydxTerms } from "./terms.ts";

/**
 * The float64 form of the maintenance line: a line each for value and requirement. The initial line has none: with open-interest
 * scaling it is a square of the price, and `assess` gives it exactly.
 */
export function compile(body: Body, key: AccountKey, scene: Scene<DydxTerms>, line: LineName): Compiled {
  const subaccount = subaccountOf(body, key);
  if (subaccount === undefined || subaccount.positions.length === 0) return { none: "no-position" };
  if (line !== "maintenance") return { unknown: `dydx-v4 has no form of a ${line} line` };
  const risk = riskOf(subaccount, body, scene);
  if (!risk.ok) return { unknown: `${risk.failure.code} ${JSON.stringify(risk.failure.facts)}` };
  if (risk.value.maintenance === 0n) return { none: "no-position" };
  return { form: formOf(subaccount, risk.value.priced, body, scene) };
}

function formOf(
  { quote }: Subaccount,
  priced: readonly Priced[],
  { markets }: Body,
  scene: Scene<DydxTerms>,
): MarginForm {
  const form = formBuilder();
  const settled = priced.reduce((sum, { funding }) => sum + funding, quote);
  form.have.add(toNumber(usdc(settled)));
  for (const { position, terms } of priced) {
    const oracle = form.price(oracleKey(position.ticker));
    const size = toNumber(exact(position.size, -terms.atomicResolution));
    const rate = toNumber(exact(terms.initialMarginPpm * terms.maintenanceFractionPpm, 2 * QUOTE_SCALE));
    form.have.line(oracle, size);
    form.need.line(oracle, Math.abs(size) * rate);
    const funding = markets.find(({ ticker }) => ticker === position.ticker)?.funding;
    // a long pays a positive rate, an hour's share of it each hour
    if (funding !== undefined)
      form.accrual.line(oracle, (-size * 24 * toNumber(exact(funding.ratePpm, QUOTE_SCALE))) / TICKS_PER_RATE);
  }
  return form.build({
    line: "maintenance",
    unit: "USDC",
    atZero: "safe",
    error: errorOf(priced.length),
    compiledAtMs: scene.now,
  });
}

/** A value is cut and a requirement rounded up twice, a quantum each; the form rounds each coefficient, quote, product and sum. */
const errorOf = (positions: number): MarginForm["error"] => ({
  absolute: 3 * positions * 10 ** -QUOTE_SCALE,
  relative: (4 * positions + 3) * Number.EPSILON,
});
