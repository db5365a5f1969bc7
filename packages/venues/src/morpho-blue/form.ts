import { type Compiled, type LineName, type Scene, formBuilder } from "@plimsoll/core/margin";
import { type AccountKey, exact, toNumber } from "@plimsoll/core/units";
import { isMorphoLine } from "./assess.ts";
import type { MorphoBody } from "./holding.ts";
import { readPosition } from "./position.ts";
import { quoteOf, readPrice } from "./price.ts";
import type { MorphoTerms } from "./terms.ts";

/** Largest relative error of one float64 rounding. */
const HALF_ULP = 2 ** -53;
const SECONDS_PER_DAY = 86_400;

/**
 * The form of a line in loan tokens: have = collateral * LLTV * price, need = debt at the holding's timestamp; what interest does
 * after it is the accrual, to first order. The engine rounds have down twice, by less than two units in all.
 */
export function compileMorpho(
  body: MorphoBody,
  account: AccountKey,
  scene: Scene<MorphoTerms>,
  line: LineName,
): Compiled {
  if (!isMorphoLine(line)) return { unknown: `morpho-blue has no line "${line}": it has maintenance and borrow` };
  const terms = scene.terms.body;
  const position = readPosition(body, account, terms);
  if (!position.ok) return { unknown: `${position.failure.code} ${position.failure.facts["value"] ?? ""}` };
  const { terms: market, debt, collateral, totals } = position.value;
  if (debt === 0n) return { none: "no-debt" };
  const price = readPrice(terms, market, scene);
  if (!price.ok) return { unknown: `${price.failure.code} ${price.failure.facts["quote"]}` };

  const form = formBuilder();
  const owed = toNumber(exact(debt, market.loan.decimals));
  const rate = totals.borrowRate === "unknown" ? 0 : toNumber(exact(totals.borrowRate, 18));
  form.have.line(
    form.price(quoteOf(terms, market)),
    toNumber(exact(collateral * market.lltv, market.collateral.decimals + 18)),
  );
  form.need.add(owed);
  if (rate > 0) form.accrual.add(-owed * rate * SECONDS_PER_DAY);
  return {
    form: form.build({
      line,
      unit: market.loan.asset,
      atZero: "safe",
      error: { absolute: 2 * 10 ** -market.loan.decimals, relative: 6 * HALF_ULP },
      compiledAtMs: Number(body.timestamp) * 1000,
    }),
  };
}
