import { type FormBuilder, type SumBuilder, sampleCurve } from "@plimsoll/core/margin";
import { isNegative, magnitude, toNumber } from "@plimsoll/core/units";
import { indexKey } from "./instrument.ts";
import { shortMargin } from "./margin-standard.ts";
import { type Priced, worthAtIndex } from "./priced.ts";

// In the window before delivery part of a price is fixed: what an inverse contract is worth in dollars is then no straight line and no
// plain option, so it is sampled.

/** Samples go this far from today's index, as a multiple and as a share; beyond, the form claims nothing. */
export const reach = 3;
/** Of the position's notional. */
const sampleError = 1e-4;

/** A linear future stays a straight line whatever is fixed of its price. */
export const isSampled = ({ is, instrument, readings }: Priced): boolean =>
  readings !== undefined && !(is === "future" && instrument.style === "linear");

/** Adds a function of the index of the position's pair, in the form's unit. */
export function addSampled(
  form: FormBuilder,
  into: SumBuilder,
  priced: Priced,
  dollars: (index: number) => number,
): void {
  const today = toNumber(priced.index);
  const through = [today / reach, today, today * reach];
  into.curve(form.price(indexKey(priced.instrument.pair)), sampleCurve(dollars, through, samplesError(priced)));
}

/** By how much the samples of one position may miss. */
export const samplesError = ({ instrument, position, index, is }: Priced): number =>
  sampleError *
  toNumber(magnitude(position.size)) *
  (instrument.style === "inverse" && is === "future" ? 1 : toNumber(index));

/** Profit of a future, value of an option, by index: in dollars. */
export function dollarsOf(priced: Priced): (index: number) => number {
  const { markAt, coinAt, size } = inDoubles(priced);
  if (priced.is === "future") {
    const entry = toNumber(priced.position.entry);
    return (index) => coinAt(index) * (size / entry - size / markAt(index));
  }
  const worth = worthAtIndex(priced);
  return (index) => (size * worth(index) * coinAt(index)) / (priced.instrument.style === "inverse" ? markAt(index) : 1);
}

/** What an inverse future or a short option requires under standard margin, by index: in dollars; 0 of a long option. */
export function requirementInDollars(priced: Priced, line: "maintenance" | "initial"): (index: number) => number {
  const { markAt, coinAt, size } = inDoubles(priced);
  if (priced.is === "option") {
    if (!isNegative(priced.position.size)) return () => 0;
    const worth = worthAtIndex(priced);
    return (index) => coinAt(index) * shortMargin(priced, markAt(index), worth(index), line);
  }
  const [rate, slope] = [toNumber(priced.rules[line]), toNumber(priced.rules.slope)];
  return (index) => {
    const coins = Math.abs(size) / markAt(index);
    return coinAt(index) * (rate + slope * coins) * coins;
  };
}

function inDoubles({ position, instrument, fixed, slope }: Priced) {
  const [from, by] = [toNumber(fixed), toNumber(slope)];
  return {
    size: toNumber(position.size),
    markAt: (index: number) => from + by * index,
    /** Dollars of what it is margined in. */
    coinAt: (index: number) => (instrument.style === "inverse" ? index : 1),
  };
}
