import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Ms, exact, ms, multiply, negate, quotient } from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import { COIN_SCALE, pay, payIsolated } from "./fill.ts";
import type { Body, ContractPosition, Funding } from "./holding.ts";
import { chargeInterest } from "./interest.ts";
import { markOf } from "./quotes.ts";
import type { ContractTerms, OkxTerms } from "./terms.ts";

/**
 * Funding and interest up to a moment at frozen marks and rates: notional at mark times rate, longs pay a positive rate; debts
 * grow by the hour. Settlements of an instrument without mark or terms, and those after the first when the interval is not known,
 * are left out; so is interest on a debt whose rate is not known, and on what funding takes in between.
 */
export function advance(body: Body, to: Ms, scene: Scene<OkxTerms>): Body {
  const charged = chargeInterest(body, to);
  return charged.funding.reduce((sum, funding) => {
    const mark = markOf(funding.instrument, scene);
    const contract = contractOf(funding.instrument, scene.terms.body);
    return mark.ok && contract.ok ? settleUpTo(sum, funding, to, mark.value, contract.value) : sum;
  }, charged);
}

function settleUpTo(body: Body, funding: Funding, to: Ms, mark: Exact, terms: ContractTerms): Body {
  if (funding.next > to) return body;
  const { rate, next, everyMs } = funding;
  const times = everyMs === undefined ? 1 : Math.floor((to - next) / everyMs) + 1;
  let after = body;
  for (const position of body.positions) {
    if (position.kind !== "contract" || position.instrument !== funding.instrument) continue;
    const due = multiply(multiply(notional(position, mark, terms), rate), exact(BigInt(times)));
    after =
      position.margin.mode === "cross"
        ? pay(after, position.coin, negate(due))
        : payIsolated(after, position, negate(due));
  }
  const later = everyMs === undefined ? [] : [{ ...funding, next: ms(next + times * everyMs) }];
  return { ...after, funding: after.funding.flatMap((each) => (each === funding ? later : [each])) };
}

/** Notional with the position's sign, in its settlement coin. */
function notional({ contracts }: ContractPosition, mark: Exact, { type, size }: ContractTerms): Exact {
  const amount = multiply(contracts, size);
  return type === "linear" ? multiply(amount, mark) : quotient(amount, mark, COIN_SCALE, "ceil");
}
