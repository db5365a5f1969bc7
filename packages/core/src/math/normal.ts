import { erfcx } from "./erfcx.ts";

const inverseRootTwoPi = 0.3989422804014327;

/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => inverseRootTwoPi * Math.exp(-0.5 * x * x);

/**
 * Distribution function of the standard normal: relative error of about 2e-15, and of x^2 half units of the last digit in the lower tail
 * (down to the smallest double).
 * @source Phi(x) = exp(-x^2/2) erfcx(-x / sqrt 2) / 2, which does not cancel below 0.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const tail = 0.5 * Math.exp(-0.5 * x * x) * erfcx(Math.SQRT1_2 * Math.abs(x));
  return x < 0 ? tail : 1 - tail;
}
