import { type FormBuilder, type SumBuilder, sampleCurve } from "@plimsoll/core/margin";
import { fromNumber, isNegative, magnitude, toNumber } from "@plimsoll/core/units";
import { indexKey } from "./instrument.ts";
import { shortMargin } from "./margin-standard.ts";
import { type Priced, pricedAt, worthOf } from "./priced.ts";

// In the window before delivery part of a price is fixed: what an inverse contract is worth in dollars is then no straight line and no
// plain option, so it is sampled.

/** Samples go this far from today's index, as a multiple and as a share; beyond, the form claims nothing. */
export const reach = 3;
/** Of the position's notional. */
const sampleError = 1e-5;

/** A linear future stays a straight line whatever is fixed of its price. */
export const isSampled = ({ is, instrument, readings }: Priced): boolean =>
  readings !== undefined && !(is === "future" && instrument.style === "linear");

/** Adds a function of the index of the position's pair, in the form's unit. */
export function addSampled(form: FormBuilder, into: SumBuilder, priced: Priced, dollars: (at: Priced) => number): void {
  const today = toNumber(priced.index);
  const exact = (index: number) => dollars(pricedAt(priced, fromNumber(index)));
  const error = samplesError(priced);
  into.curve(
    form.price(indexKey(priced.instrument.pair)),
    sampleCurve(exact, [today / reach, today, today * reach], error),
  );
}

/** By how much the samples of one position may miss. */
export const samplesError = ({ instrument, position, index, is }: Priced): number =>
  sampleError *
  toNumber(magnitude(position.size)) *
  (instrument.style === "inverse" && is === "future" ? 1 : toNumber(index));

/** Profit of a future, value of an option: dollars at the index of an inverse one. */
export function dollarsOf(priced: Priced): number {
  const { position, instrument, index, mark } = priced;
  const [size, at] = [toNumber(position.size), toNumber(mark)];
  const coin = instrument.style === "inverse" ? toNumber(index) : 1;
  if (priced.is === "option") return (size * worthOf(priced) * coin) / (instrument.style === "inverse" ? at : 1);
  return coin * (size / toNumber(position.entry) - size / at);
}

/** What an inverse future or a short option requires under standard margin, in dollars; 0 of a long option. */
export function requirementInDollars(priced: Priced, line: "maintenance" | "initial"): number {
  const { position, instrument, index, mark } = priced;
  const coin = instrument.style === "inverse" ? toNumber(index) : 1;
  if (priced.is === "option") return isNegative(position.size) ? coin * shortMargin(priced, line) : 0;
  const coins = toNumber(magnitude(position.size)) / toNumber(mark);
  return coin * (toNumber(priced.rules[line]) + toNumber(priced.rules.slope) * coins) * coins;
}
