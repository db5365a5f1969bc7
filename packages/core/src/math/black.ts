import { normalCdf, normalDensity } from "./normal.ts";
import { normalisedValue } from "./normalised-option.ts";

export type OptionType = "call" | "put";

/**
 * One option: strike in the forward's unit, years left (365 days each), vol per square root of a year.
 * A strike of 0 or less is what remains of one when part of an average is already known: then the outcome is certain.
 */
export interface BlackInput {
  readonly type: OptionType;
  readonly forward: number;
  readonly strike: number;
  readonly years: number;
  readonly vol: number;
}

/** Derivatives of a price, in the units that option venues show. */
export interface Greeks {
  /** For one unit of the forward. */
  readonly delta: number;
  /** Change of delta for one unit of the forward. */
  readonly gamma: number;
  /** For one point of vol, 0.01. */
  readonly vega: number;
  /** For the next day, or for the rest of the life where that is shorter; not above 0. */
  readonly theta: number;
}

/**
 * Undiscounted Black price of an option on a forward; its payoff when no time or no vol is left.
 * Valued out of the money and taken in the money by parity, so that neither side cancels.
 * @source Black 1976, "The pricing of commodity contracts", without the discount factor.
 */
export function blackPrice(input: BlackInput): number {
  const { type, forward, strike } = input;
  const payoff = Math.max(0, type === "call" ? forward - strike : strike - forward);
  const deviation = deviationOf(input);
  return deviation > 0 ? payoff + timeValue(forward, strike, deviation) : payoff;
}

/** What an option is worth beyond its payoff: the same for the call and the put of a strike. */
const timeValue = (forward: number, strike: number, deviation: number): number =>
  Math.sqrt(forward) * Math.sqrt(strike) * normalisedValue(-Math.abs(logMoneyness(forward, strike)), deviation);

/** Derivative of `blackPrice` with respect to the forward. */
export function blackDelta(input: BlackInput): number {
  const { type, forward, strike } = input;
  const deviation = deviationOf(input);
  const sign = type === "call" ? 1 : -1;
  if (!(deviation > 0)) return sign * (forward - strike) > 0 ? sign : 0;
  return sign * normalCdf(sign * d1(input, deviation));
}

/** Delta and the rest; gamma, vega and theta are 0 where no time or no vol is left. */
export function blackGreeks(input: BlackInput): Greeks {
  const { forward, years, vol } = input;
  const deviation = deviationOf(input);
  const delta = blackDelta(input);
  if (!(deviation > 0)) return { delta, gamma: 0, vega: 0, theta: 0 };
  const density = normalDensity(d1(input, deviation));
  return {
    delta,
    gamma: density / (forward * deviation),
    vega: (forward * density * Math.sqrt(years)) / 100,
    theta: ((-forward * density * vol) / (2 * Math.sqrt(years))) * Math.min(1 / 365, years),
  };
}

/** ln(F / K); near the money from the difference, which is exact there. */
export function logMoneyness(forward: number, strike: number): number {
  const apart = forward - strike;
  return 2 * Math.abs(apart) < strike ? Math.log1p(apart / strike) : Math.log(forward / strike);
}

/** Standard deviation of the forward's logarithm until expiry; 0 where it decides nothing any more. */
const deviationOf = ({ vol, years, strike }: BlackInput): number =>
  strike > 0 ? vol * Math.sqrt(Math.max(0, years)) : 0;

const d1 = ({ forward, strike }: BlackInput, deviation: number): number =>
  logMoneyness(forward, strike) / deviation + 0.5 * deviation;
