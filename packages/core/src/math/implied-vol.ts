import { type BlackInput, logMoneyness } from "./black.ts";
import { normalisedGap, normalisedValue, normalisedVega } from "./normalised-option.ts";

/** A vol, or why the price has none: live feeds do show prices below the payoff. */
export type ImpliedVol =
  | { readonly vol: number }
  | { readonly none: "below-payoff" | "at-or-above-bound" | "no-time-left" | "not-a-price" };

/**
 * The vol at which `blackPrice` is `price`; 0 where the price is the payoff itself.
 * As exact as the price allows: one relative unit eps of the price is eps * price / (vega * vol) of the vol.
 * @source objectives as in P. Jaeckel, "Let's Be Rational" (the value is nearly a straight line in them); the steps are Halley's.
 */
export function impliedVol(option: Omit<BlackInput, "vol">, price: number): ImpliedVol {
  const { type, forward, strike, years } = option;
  if (!Number.isFinite(price) || !(forward > 0) || !(strike > 0)) return { none: "not-a-price" };
  const timeValue = price - Math.max(0, type === "call" ? forward - strike : strike - forward);
  if (timeValue < 0) return { none: "below-payoff" };
  if (timeValue === 0) return { vol: 0 };
  if (timeValue >= Math.min(forward, strike)) return { none: "at-or-above-bound" };
  if (!(years > 0)) return { none: "no-time-left" };
  const x = -Math.abs(logMoneyness(forward, strike));
  const s = normalisedDeviation(x, timeValue / (Math.sqrt(forward) * Math.sqrt(strike)));
  return s === undefined ? { none: "at-or-above-bound" } : { vol: s / Math.sqrt(years) };
}

/** How the value is bent into something straight: `at(s)` less the target's own, its slope, and curvature over slope. */
interface Objective {
  (s: number): { readonly miss: number; readonly slope: number; readonly bend: number };
}

/** s with b(x, s) = value, for 0 < value; undefined where rounding has put the value at the bound. */
function normalisedDeviation(x: number, value: number): number | undefined {
  const bound = Math.exp(x / 2);
  if (value >= bound) return undefined;
  // b is convex below its inflection point and concave above
  const inflection = Math.sqrt(-2 * x);
  const there = inflection > 0 ? normalisedValue(x, inflection) : 0;
  if (value < there) return solve(lowObjective(x, value), lowStart(inflection, there, value), 0, inflection);
  const start = inflection + (value - there) / vegaAt(x, inflection);
  const objective = value < bound / 2 ? middleObjective(x, value) : highObjective(x, bound - value);
  return solve(objective, start, inflection, Infinity);
}

/** At x = 0 and s = 0 the vega is phi(0), which x / s cannot say. */
const vegaAt = (x: number, s: number): number => (s > 0 ? normalisedVega(x, s) : 0.3989422804014327);

/** 1 / sqrt(-ln b) is nearly proportional to s. */
const lowStart = (inflection: number, there: number, value: number): number =>
  inflection * Math.sqrt(Math.log(there) / Math.log(value));

/** b''/b' = h^2/s - s/4. */
const bendOf = (x: number, s: number): number => (x / s) ** 2 / s - s / 4;

const middleObjective =
  (x: number, value: number): Objective =>
  (s) => ({ miss: normalisedValue(x, s) - value, slope: normalisedVega(x, s), bend: bendOf(x, s) });

/** 1 / ln b, with the miss taken as a ratio first so that it does not cancel. */
function lowObjective(x: number, value: number): Objective {
  const target = Math.log(value);
  return (s) => {
    const b = normalisedValue(x, s);
    // an underflow is a value far below any target
    if (b === 0) return { miss: -Infinity, slope: 0, bend: 0 };
    const [log, growth] = [Math.log(b), normalisedVega(x, s) / b];
    const missOfLog = Math.abs(b / value - 1) < 0.5 ? Math.log1p((b - value) / value) : log - target;
    return {
      miss: missOfLog / (log * target),
      slope: growth / (log * log),
      bend: bendOf(x, s) - growth - (2 * growth) / log,
    };
  };
}

/** -ln of what is missing to the bound. */
function highObjective(x: number, gapWanted: number): Objective {
  return (s) => {
    const gap = normalisedGap(x, s);
    if (gap === 0) return { miss: Infinity, slope: 0, bend: 0 };
    const growth = normalisedVega(x, s) / gap;
    return { miss: -Math.log(gap / gapWanted), slope: growth, bend: bendOf(x, s) + growth };
  };
}

/** Halley's steps inside a bracket that shrinks with every look; halves, or doubles without an upper end, where a step leaves it. */
function solve(objective: Objective, start: number, least: number, most: number): number {
  let [low, high, s] = [least, most, start];
  for (let round = 0; round < 200; round++) {
    const { miss, slope, bend } = objective(s);
    if (miss === 0) return s;
    if (miss < 0) low = s;
    else high = s;
    const newton = -miss / slope;
    const step = newton / Math.max(0.5, Math.min(2, 1 + 0.5 * newton * bend));
    const next = s + step;
    if (Math.abs(step) <= Number.EPSILON * s) return next;
    s = next > low && next < high ? next : high === Infinity ? 2 * low : (low + high) / 2;
    if (s === low || s === high) return s;
  }
  return s;
}
