import type { FormBuilder, Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  DAY_MS,
  exact,
  fail,
  multiply,
  negate,
  ok,
  quotient,
  toNumber,
  why,
} from "@plimsoll/core/units";
import { pay } from "./fill.ts";
import type { Body, Funding, Position } from "./holding.ts";
import { indexKey, readInstrument } from "./instrument.ts";
import type { Priced } from "./priced.ts";
import { quoteOf } from "./quote.ts";
import type { DeribitTerms } from "./terms.ts";
import type { FundingPaid } from "./venue-effect.ts";

/** A funding rate is shown for so long; it is paid all the time. @source Deribit, funding specifications */
const RATE_MS = 8 * 3_600_000;
const AMOUNT_SCALE = 18;

/** Books a funding payment, which is below 0 where the owner pays. */
export function applyFunding(body: Body, { instrument: name, amount }: FundingPaid): Result<Body, Why> {
  const currency = readInstrument(name)?.currency;
  if (currency === undefined || !body.wallets.some((each) => each.currency === currency))
    return fail(why("deribit/no-wallet", { instrument: name, next: "read the account again" }));
  return ok(pay(body, currency, amount));
}

/** Funding up to a moment at frozen index and rate: longs pay a positive rate. Without an index nothing is projected. */
export function payFunding(body: Body, to: Ms, scene: Scene<DeribitTerms>): Body {
  return body.funding.reduce((sum, funding) => {
    const position = sum.positions.find(({ instrument }) => instrument === funding.instrument);
    const pair = readInstrument(funding.instrument)?.pair;
    const index = pair === undefined ? undefined : quoteOf(indexKey(pair), "index", scene);
    if (to <= funding.from || position === undefined || index?.ok !== true) return sum;
    const amount = negate(dueOn(position, funding, index.value, to - funding.from));
    const paid = applyFunding(sum, { instrument: funding.instrument, amount });
    if (!paid.ok) return sum;
    return {
      ...paid.value,
      funding: paid.value.funding.map((each) => (each === funding ? { ...each, from: to } : each)),
    };
  }, body);
}

/** Size times rate times time, in coins at the index of an inverse contract, in dollars at the index of a linear one. */
function dueOn({ instrument, size }: Position, { rate }: Funding, index: Exact, forMs: number): Exact {
  const inverse = readInstrument(instrument)?.style === "inverse";
  const notional = inverse ? quotient(size, index, AMOUNT_SCALE, "ceil") : multiply(size, index);
  return quotient(
    multiply(multiply(notional, rate), exact(BigInt(forMs))),
    exact(BigInt(RATE_MS)),
    AMOUNT_SCALE,
    "ceil",
  );
}

/**
 * Funding a day as part of a form.
 * @param coin turns the position's margin currency into the form's unit; absent where it is that, or of an inverse contract.
 * @param share of the wallet that counts on this line.
 */
export function addAccrual(
  form: FormBuilder,
  { position, instrument }: Priced,
  funding: readonly Funding[],
  coin: QuoteKey | undefined,
  share: number,
): void {
  const found = funding.find((each) => each.instrument === position.instrument);
  if (found === undefined) return;
  const perDay = -toNumber(position.size) * toNumber(found.rate) * (DAY_MS / RATE_MS) * share;
  if (instrument.style === "inverse") form.accrual.add(perDay);
  else
    form.accrual.line(
      form.factor(
        ...[indexKey(instrument.pair), coin].flatMap((key) => (key === undefined ? [] : [[key, 1] as const])),
      ),
      perDay,
    );
}
