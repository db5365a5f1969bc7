import type { BlackInput } from "@plimsoll/core/math";

// What most programs do: the formula of a textbook, with a polynomial for the normal distribution. The native yardstick of options.

/** @source Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17: absolute error below 7.5e-8 */
function textbookCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = 0.3989422804014327 * Math.exp(-0.5 * x * x) * sum;
  return x < 0 ? tail : 1 - tail;
}
export const CDF_ERROR = 7.5e-8;

/** Black 1976, undiscounted. */
export function textbookPrice({ type, forward, strike, years, vol }: BlackInput): number {
  const deviation = vol * Math.sqrt(years);
  const d1 = Math.log(forward / strike) / deviation + deviation / 2;
  const sign = type === "call" ? 1 : -1;
  return sign * (forward * textbookCdf(sign * d1) - strike * textbookCdf(sign * (d1 - deviation)));
}

/** By halving [0.0001, 8] to the last digit that the price can decide. */
export function textbookVol(option: Omit<BlackInput, "vol">, price: number): number {
  let [low, high] = [1e-4, 8];
  while (high - low > 1e-9) {
    const vol = (low + high) / 2;
    if (textbookPrice({ ...option, vol }) < price) low = vol;
    else high = vol;
  }
  return (low + high) / 2;
}
