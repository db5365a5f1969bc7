import type { Scene } from "@plimsoll/core/margin";
import { type Ms, type Result, type Why, exact, fail, ms, multiply, negate, ok, why } from "@plimsoll/core/units";
import { payPosition } from "./fill.ts";
import type { Body, Funding } from "./holding.ts";
import { oracleKey } from "./names.ts";
import { kept } from "./position.ts";
import type { HyperliquidTerms } from "./terms.ts";
import type { FundingPaid } from "./venue-effect.ts";

/** Books a funding payment on the cash leg that carries the position. */
export function applyFunding(body: Body, { coin, amount }: FundingPaid): Result<Body, Why> {
  const position = body.positions.find((each) => each.coin === coin);
  if (position === undefined) return fail(why("hyperliquid/no-position", { coin, next: "read the account again" }));
  return ok(payPosition(body, position, amount));
}

/**
 * Funding up to a moment at frozen oracle prices and rates: size * oracle * rate every interval, longs pay a positive rate.
 * A coin without an oracle price is left out.
 * @source Hyperliquid documentation, funding: paid hourly on the oracle price, README.md rule 11.
 */
export function advance(body: Body, to: Ms, scene: Scene<HyperliquidTerms>): Body {
  return body.funding.reduce((sum, funding) => settleUpTo(sum, funding, to, scene), body);
}

function settleUpTo(body: Body, funding: Funding, to: Ms, scene: Scene<HyperliquidTerms>): Body {
  const { coin, rate, next } = funding;
  const oracle = scene.quotes.get(oracleKey(coin));
  const position = body.positions.find((each) => each.coin === coin);
  if (next > to || oracle?.kind !== "oracle" || position === undefined) return body;
  const everyMs = scene.terms.body.rules.fundingEveryMs;
  const times = Math.floor((to - next) / everyMs) + 1;
  const each = kept(negate(multiply(multiply(position.size, oracle.value), rate)));
  const paid = payPosition(body, position, multiply(each, exact(BigInt(times))));
  const later = { ...funding, next: ms(next + times * everyMs) };
  return { ...paid, funding: paid.funding.map((entry) => (entry === funding ? later : entry)) };
}
