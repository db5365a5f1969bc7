/**
 * A point where `f` changes sign between `low` and `high`, to the last few bits; a jump through 0 counts.
 * @param low where `f` has one sign (or is 0), `high` where it has the other.
 * @throws when both ends have the same sign or a value is not a number: a caller's bug.
 * @source Chandrupatla 1997, Advances in Engineering Software 28: inverse quadratic where it is safe, halving elsewhere.
 */
export function findRoot(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  let [fa, fb] = [f(a), f(b)];
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (!(fa < 0 !== fb < 0) || Number.isNaN(fa + fb)) {
    throw new Error(`invariant broken: no sign change between ${low} (${fa}) and ${high} (${fb})`);
  }
  let [c, fc] = [a, fa];
  let share = 0.5;
  for (let round = 0; round < 300; round++) {
    const x = a + share * (b - a);
    const fx = f(x);
    if (Number.isNaN(fx)) throw new Error(`invariant broken: no value at ${x} between ${low} and ${high}`);
    if (fx < 0 === fa < 0) [c, fc] = [a, fa];
    else [c, b, fc, fb] = [b, a, fb, fa];
    [a, fa] = [x, fx];
    const best = Math.abs(fa) < Math.abs(fb) ? a : b;
    const tolerance = Number.EPSILON * Math.abs(best) + Number.MIN_VALUE;
    const least = tolerance / Math.abs(b - a);
    if (least > 0.5 || fa === 0) return best;
    share = Math.min(1 - least, Math.max(least, nextShare(a, b, c, fa, fb, fc)));
  }
  return Math.abs(fa) < Math.abs(fb) ? a : b;
}

/** Where between a and b to look next: inverse quadratic through three points if the curve is tame enough, else the middle. */
function nextShare(a: number, b: number, c: number, fa: number, fb: number, fc: number): number {
  const xi = (a - b) / (c - b);
  const phi = (fa - fb) / (fc - fb);
  if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)) return 0.5;
  return (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb));
}
