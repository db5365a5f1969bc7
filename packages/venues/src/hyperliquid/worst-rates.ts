import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, isNegative, ms, negate, ok, why } from "@plimsoll/core/units";
import type { Body, Funding } from "./holding.ts";
import { oracleKey } from "./names.ts";
import type { HyperliquidTerms } from "./terms.ts";

/**
 * The holding as if every position paid the cap of funding each interval.
 * @returns a failure where the rules state no cap, or where the oracle price that funding is counted at is missing.
 * @source README.md rule 23.
 */
export function atWorstRates(body: Body, { now, quotes, terms }: Scene<HyperliquidTerms>): Result<Body, Why> {
  const { fundingCap: cap, fundingEveryMs } = terms.body.rules;
  if (cap === undefined) return fail(why("hyperliquid/no-bound", { next: "these rules state no cap of funding" }));
  const funding: Funding[] = [];
  for (const { coin, size } of body.positions) {
    if (quotes.get(oracleKey(coin))?.kind !== "oracle")
      return fail(why("hyperliquid/no-oracle", { coin, next: "wait for the oracle price of this coin" }));
    const next = ms((Math.floor(now / fundingEveryMs) + 1) * fundingEveryMs);
    funding.push({ coin, rate: isNegative(size) ? negate(cap) : cap, next });
  }
  return ok({ ...body, funding });
}
