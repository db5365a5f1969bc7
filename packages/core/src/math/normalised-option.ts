import { erfcx, millsRatio, millsSlope } from "./erfcx.ts";

// The out-of-the-money option in its two own numbers: x = -|ln(F/K)| <= 0 and s = vol * sqrt(years) > 0. Its value is b(x, s) * sqrt(F K),
// its bound exp(x/2). With h = x/s and t = s/2 (d1 = h + t, d2 = h - t), phi the density and Y the lower Mills ratio:
//   b = exp(x/2) Phi(h + t) - exp(-x/2) Phi(h - t) = phi(h) exp(-t^2/2) (Y(h + t) - Y(h - t))
// Source: Black 1976, written as in P. Jaeckel, "Let's Be Rational", 2013.

const inverseRootTwoPi = 0.3989422804014327;
/** Below it Y(h + t) - Y(h - t) is integrated from its slope: the difference itself would cancel. */
const narrow = 0.7;
/** Gauss-Legendre, 8 points: nodes above 0 and their weights. */
// oxfmt-ignore
const nodes = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975362] as const;
const weights = [0.362683783378362, 0.31370664587788727, 0.22238103445337448, 0.10122853629037626] as const;

/** b(x, s): value of the option over sqrt(F K), relative error below 1e-13 down to 1e-300. */
export function normalisedValue(x: number, s: number): number {
  const [h, t] = [x / s, s / 2];
  if (t < narrow) return normalisedVega(x, s) * ratioStep(h, t);
  if (h + t <= 0) return normalisedVega(x, s) * (millsRatio(h + t) - millsRatio(h - t));
  return Math.exp(x / 2) - normalisedGap(x, s);
}

/** exp(x/2) - b(x, s): what is missing to the bound, for d1 > 0, where it does not cancel. */
export function normalisedGap(x: number, s: number): number {
  const [h, t] = [x / s, s / 2];
  const both = erfcx(Math.SQRT1_2 * (h + t)) + erfcx(Math.SQRT1_2 * (t - h));
  return 0.5 * Math.exp(x / 2 - 0.5 * (h + t) ** 2) * both;
}

/**
 * Derivative of b with respect to s: phi(h) exp(-t^2/2).
 * h^2 is carried with what its rounding loses: at 1e-300 one unit of its last digit is 1e-13 of the value.
 */
export function normalisedVega(x: number, s: number): number {
  const h = x / s;
  const product = h * s;
  const lost = (x - product - productError(h, s, product)) / s;
  const square = h * h;
  const rest = productError(h, h, square) / 2 + h * lost;
  if (!(square < 1600)) return 0;
  return inverseRootTwoPi * Math.exp(-square / 2) * Math.exp((-s * s) / 8) * (1 - rest);
}

/** Y(h + t) - Y(h - t) as the integral of its slope, which is above 0 everywhere. */
function ratioStep(h: number, t: number): number {
  let sum = 0;
  // by index: this is the innermost loop of every scenario matrix, and an iterator would be half of its time
  for (let i = 0; i < nodes.length; i++) {
    const off = t * nodes[i]!;
    sum += weights[i]! * (millsSlope(h + off) + millsSlope(h - off));
  }
  return t * sum;
}

/** a * b - product exactly, by Veltkamp's splitting and Dekker's product; for |a|, |b| below 1e150. */
function productError(a: number, b: number, product: number): number {
  const [aHigh, bHigh] = [highPart(a), highPart(b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
function highPart(a: number): number {
  const wide = 134_217_729 * a;
  return wide - (wide - a);
}
