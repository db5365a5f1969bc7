import { type FormBuilder, sampleCurve } from "@plimsoll/core/margin";
import { invariant, toNumber } from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import { indexKey } from "./instrument.ts";
import { matrixAt, matrixLegs } from "./margin-matrix.ts";
import { OPTION_SCALE } from "./margin-standard.ts";
import type { Priced } from "./priced.ts";
import { matrixRulesOf } from "./totals.ts";

/** Samples go this far from today's index, as a multiple and as a share; beyond, the form claims nothing. */
const reach = 3;
/** Of what is required today. */
const sampleError = 5e-3;
/** Prices looked at on each side for where the delta shock begins. */
const looks = 32;

/**
 * Adds what the scenarios of one pair require, sampled over its index: the worst scenario changes from price to price.
 * @returns the error of the samples and of the rounding, in dollars.
 */
export function addMatrix(
  form: FormBuilder,
  account: Account,
  own: readonly Priced[],
  line: "maintenance" | "initial",
): number {
  const rules = matrixRulesOf(account, own);
  invariant(rules.ok, "totals refuse what has no matrix");
  const [{ index, instrument }] = own as readonly [Priced];
  const today = toNumber(index);
  const factor = line === "maintenance" ? rules.value.maintenanceFactor : 1;
  const legs = matrixLegs(own, rules.value);
  const isKnown = (price: number) => !matrixAt(legs, rules.value, price).beyondThreshold;
  const need = once((price) => factor * matrixAt(legs, rules.value, price).margin * price);
  const through = [farthest(today, today / reach, isKnown), today, farthest(today, today * reach, isKnown)];
  const curve = sampleCurve(need, through, sampleError * need(today));
  form.need.curve(form.price(indexKey(instrument.pair)), curve);
  return curve.error + 10 ** -OPTION_SCALE * reach * today;
}

/** The end, or the last price on the way there before the venue's unconfirmed delta shock begins. */
function farthest(from: number, end: number, isKnown: (price: number) => boolean): number {
  let last = from;
  for (let i = 1; i <= looks; i++) {
    const price = i === looks ? end : from * (end / from) ** (i / looks);
    if (!isKnown(price)) return last;
    last = price;
  }
  return last;
}

/** A function that is asked only once at each place: the halving of samples comes back to its quarter points. */
function once(exact: (x: number) => number): (x: number) => number {
  const seen = new Map<number, number>();
  return (x) => {
    const value = seen.get(x) ?? exact(x);
    seen.set(x, value);
    return value;
  };
}
