import { type Compiled, type LineName, type Scene, formBuilder } from "@plimsoll/core/margin";
import { type AccountKey, exact, toNumber } from "@plimsoll/core/units";
import { isLiquityLine, linesOf, ratioAt } from "./assess.ts";
import type { LiquityBody } from "./holding.ts";
import { oracleQuote } from "./names.ts";
import { positionOf } from "./position.ts";
import { priceOf } from "./prices.ts";
import type { LiquityTerms } from "./terms.ts";

/** Largest relative error of one float64 rounding. */
const HALF_ULP = 2 ** -53;
const number = (wad: bigint): number => toNumber(exact(wad, 18));

/** The form of one line: have = collateral * price, need = debt * least ratio; simple interest is the accrual. */
export function compileLiquity(
  body: LiquityBody,
  account: AccountKey,
  scene: Scene<LiquityTerms>,
  line: LineName,
): Compiled {
  if (!isLiquityLine(line)) return { unknown: `liquity-v2 has no line "${line}": it has maintenance and borrow` };
  const position = positionOf(body, account, scene.terms.body);
  if (!position.ok) return { unknown: position.failure.facts["value"] ?? position.failure.code };
  const { trove, branch, now } = position.value;
  if (now.debt === 0n) return { none: "no-debt" };
  if (!linesOf(position.value).includes(line))
    return { unknown: `${account} is in no batch: it has no line "${line}"` };
  const price = priceOf(trove.branch, scene);
  if (!price.ok) return { unknown: `${price.failure.code} ${price.failure.facts["quote"]}` };

  const ratio = number(ratioAt(line, position.value));
  const form = formBuilder();
  form.have.line(form.price(oracleQuote(trove.branch)), number(now.coll));
  form.need.add(number(now.debt) * ratio);
  if (branch.shutdownTime === 0n) form.accrual.add((-number(now.recorded) * ratio * number(now.growth)) / 365);
  return {
    form: form.build({
      line,
      unit: scene.terms.body.stable,
      atZero: "safe",
      // exact but for float64, and for a what-if's price beyond 18 decimals
      error: { absolute: number(now.coll) * 1e-18, relative: 8 * HALF_ULP },
      compiledAtMs: Number(body.timestamp) * 1000,
    }),
  };
}
