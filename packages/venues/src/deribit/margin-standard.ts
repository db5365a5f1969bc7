import {
  type Exact,
  ZERO,
  add,
  fromNumber,
  isNegative,
  magnitude,
  multiply,
  quotient,
  rescale,
  subtract,
  toNumber,
} from "@plimsoll/core/units";
import { type Priced, type PricedFuture, type PricedOption, worthOf } from "./priced.ts";

/** Quotients of futures are kept this fine, far beyond the venue's 8 digits, and rounded against the owner. */
const QUOTIENT_SCALE = 18;
/** What the double arithmetic of options is rounded to, against the owner. */
export const OPTION_SCALE = 9;

/** A double of the option arithmetic as an exact figure, against the owner. */
export const shown = (value: number, rounding: "floor" | "ceil"): Exact =>
  rescale(fromNumber(value), OPTION_SCALE, rounding);

/** Unrealised profit of a future, or what an option is worth now, in the margin currency. */
export const valueOf = (priced: Priced): Exact =>
  priced.is === "future" ? profitOf(priced) : shown(toNumber(priced.position.size) * markOf(priced), "floor");

/** `N/E - N/P` of an inverse future, `size * (P - E)` of a linear one. */
function profitOf({ position: { size, entry }, instrument, mark }: PricedFuture): Exact {
  if (instrument.style === "linear") return multiply(size, subtract(mark, entry));
  return subtract(quotient(size, entry, QUOTIENT_SCALE, "floor"), quotient(size, mark, QUOTIENT_SCALE, "ceil"));
}

/** Mark price of one contract in its margin currency: in coin of an inverse option, in dollars of a linear one. */
export const markOf = (priced: PricedOption): number =>
  priced.instrument.style === "inverse" ? worthOf(priced) / toNumber(priced.mark) : worthOf(priced);

/**
 * Margin that one position requires under standard margin, in its margin currency.
 * @source Deribit: futures since January 2022; short options from independent public copies of its page. README.md rules 2 to 5.
 */
export const requirementOf = (priced: Priced, line: "maintenance" | "initial"): Exact =>
  priced.is === "future" ? futureMargin(priced, line) : optionMargin(priced, line);

/** `(rate + slope * Q) * Q` in coin; of a linear future times the index. */
function futureMargin(
  { position, instrument, mark, index, rules }: PricedFuture,
  line: "maintenance" | "initial",
): Exact {
  const size = magnitude(position.size);
  const coins = instrument.style === "inverse" ? quotient(size, mark, QUOTIENT_SCALE, "ceil") : size;
  const margin = multiply(add(rules[line], multiply(rules.slope, coins)), coins);
  return instrument.style === "inverse" ? margin : multiply(margin, index);
}

const optionMargin = (priced: PricedOption, line: "maintenance" | "initial"): Exact =>
  isNegative(priced.position.size)
    ? shown(shortMargin(priced, toNumber(priced.mark), worthOf(priced), line), "ceil")
    : ZERO;

/** What a short option requires before it is rounded, in its margin currency; `worth` is its price in dollars with the mark at `mark`. */
export function shortMargin(
  { position, instrument, type, strike, rules }: PricedOption,
  mark: number,
  worth: number,
  line: "maintenance" | "initial",
): number {
  const contracts = toNumber(magnitude(position.size)) * (instrument.style === "inverse" ? 1 : mark);
  const price = worth / mark;
  // besides the mark a fixed share, of a put worth more than its coin that share of the mark
  const maintenance = toNumber(rules.maintenance) * (type === "put" ? Math.max(1, price) : 1);
  if (line === "maintenance") return contracts * (maintenance + price);
  // a share less the distance out of the money, at least a floor, and of a put never below maintenance
  const away = Math.max(0, type === "call" ? strike - mark : mark - strike) / mark;
  const share = Math.max(toNumber(rules.initial) - away, toNumber(rules.initialFloor));
  return contracts * ((type === "put" ? Math.max(share, maintenance) : share) + price);
}
