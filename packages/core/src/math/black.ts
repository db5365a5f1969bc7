import { normalCdf } from "./normal.ts";

export type OptionType = "call" | "put";

/** One option: strike in the forward's unit, years left (365 days each), vol per square root of a year. */
export interface BlackInput {
  readonly type: OptionType;
  readonly forward: number;
  readonly strike: number;
  readonly years: number;
  readonly vol: number;
}

/**
 * Undiscounted Black price of an option on a forward; its payoff when no time or no vol is left.
 * @source Black 1976, "The pricing of commodity contracts", without the discount factor.
 */
export function blackPrice(input: BlackInput): number {
  const { type, forward, strike } = input;
  const d1 = readD1(input);
  const sign = type === "call" ? 1 : -1;
  if (d1 === undefined) return Math.max(0, sign * (forward - strike));
  const d2 = d1 - input.vol * Math.sqrt(input.years);
  return sign * (forward * normalCdf(sign * d1) - strike * normalCdf(sign * d2));
}

/** Derivative of `blackPrice` with respect to the forward. */
export function blackDelta(input: BlackInput): number {
  const { type, forward, strike } = input;
  const d1 = readD1(input);
  const sign = type === "call" ? 1 : -1;
  if (d1 === undefined) return sign * (forward - strike) > 0 ? sign : 0;
  return sign * normalCdf(sign * d1);
}

function readD1({ forward, strike, years, vol }: BlackInput): number | undefined {
  const deviation = vol * Math.sqrt(Math.max(0, years));
  return deviation > 0 ? Math.log(forward / strike) / deviation + 0.5 * deviation : undefined;
}
