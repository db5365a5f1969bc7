/** Readings that are still to come, at equal steps; times in years from now. */
export interface Readings {
  readonly count: number;
  /** Of the first one; above 0. */
  readonly first: number;
  readonly step: number;
}

/**
 * Total variance of the logarithm of the mean of readings of one price without drift: the lognormal with the mean's second moment.
 * What settles at an average of its last half hour has less left to happen than what settles at the last price.
 * @param vol per square root of a year.
 * @returns 0 without readings.
 * @source moments of the arithmetic average, Turnbull and Wakeman 1991; the sum E[A^2]/F^2 - 1 is kept as such, it is tiny.
 */
export function averageVariance(vol: number, { count, first, step }: Readings): number {
  let beyondOne = 0;
  for (let i = 0; i < count; i++) {
    // of the pairs of readings, 2 (count - i) - 1 have this one as their earlier or only member
    beyondOne += Math.expm1(vol * vol * (first + i * step)) * (2 * (count - i) - 1);
  }
  return count === 0 ? 0 : Math.log1p(beyondOne / (count * count));
}
