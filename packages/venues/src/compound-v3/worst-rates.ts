import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, maxOf, ok, why } from "@plimsoll/core/units";
import { FACTOR_SCALE, presentOf, principalOfSupply } from "./comet-math.ts";
import type { CometBody, Totals } from "./holding.ts";
import { touched, utilizationOf } from "./indices.ts";
import type { CometTerms } from "./terms.ts";

/**
 * The holding as if suppliers left until everything supplied is lent out: the borrow rate is then the top of its curve, from this
 * moment on. A market that lends more than that already (its reserves too) stays as it is.
 * @returns why not: the market of a debt that a person wrote was not read.
 * @source README.md rules 3 to 5: the rate follows utilization, which is 1 here.
 */
export function atWorstRatesComet(body: CometBody, { terms }: Scene<CometTerms>): Result<CometBody, Why> {
  if (body.principal >= 0n) return ok(body);
  if (body.totals === "not-read")
    return fail(
      why("compound-v3/rates-not-read", { market: body.market, next: "read the market, or give its totals" }),
    );
  return ok({ ...body, totals: atFullUse(touched(body.totals, terms.body, body.timestamp)) });
}

function atFullUse(totals: Totals): Totals {
  if (utilizationOf(totals) >= FACTOR_SCALE) return totals;
  const supplied = principalOfSupply(presentOf(totals.borrowed, totals.borrowIndex), totals.supplyIndex);
  const left = presentOf(totals.supplied - supplied, totals.supplyIndex);
  return { ...totals, supplied, cash: maxOf(0n, totals.cash - left) };
}
