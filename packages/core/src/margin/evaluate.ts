import { curveAt, grossAt, segmentAt, slopeAt } from "./curve.ts";
import type { Bend, Factor, MarginForm, Sum } from "./form.ts";

/** A form at one set of quotes. */
export interface Evaluation {
  readonly have: number;
  readonly need: number;
  /** have / need: 1 at the line; infinite where nothing is needed. */
  readonly health: number;
  /** Sum of the absolute terms of have and need: the scale of rounding errors. */
  readonly gross: number;
  /** have - h * need; h is 1 at the form's own line. */
  readonly surplus: (h?: number) => number;
}

/**
 * Have, need and what follows from them.
 * @param quotes values of `form.quotes`, in their order, each above 0.
 * @returns NaN figures where a sampled curve is asked outside its samples.
 */
export function evaluate(form: MarginForm, quotes: ArrayLike<number>): Evaluation {
  const x = factorValues(form.factors, quotes);
  let [have, haveGross] = [sumAt(form.have, x, form), sumGross(form.have, x, form)];
  let [need, needGross] = [sumAt(form.need, x, form), sumGross(form.need, x, form)];
  for (const pool of form.pools) {
    const u = sumAt(pool.sum, x, form);
    const uGross = sumGross(pool.sum, x, form);
    for (const bend of pool.bends) {
      const p = bend.by === undefined ? 0 : x[bend.by]!;
      const i = bendPiece(bend, u, p);
      const value = bend.a[i]! + bend.b[i]! * u + bend.g[i]! * p;
      const gross = Math.abs(bend.a[i]!) + Math.abs(bend.b[i]!) * uGross + Math.abs(bend.g[i]!) * p;
      if (bend.into === "have") [have, haveGross] = [have + value, haveGross + gross];
      else [need, needGross] = [need + value, needGross + gross];
    }
  }
  return {
    have,
    need,
    health: healthOf(have, need),
    gross: haveGross + needGross,
    surplus: (h = 1) => have - h * need,
  };
}

/**
 * Derivative of `have - h * need` with respect to the logarithm of each quote; at a knot that of the piece above it.
 * @returns one figure per quote, in the form's unit.
 */
export function gradient(form: MarginForm, quotes: ArrayLike<number>, h = 1): Float64Array {
  const x = factorValues(form.factors, quotes);
  const byFactor = new Float64Array(form.factors.length);
  const add = (sum: Sum, weight: number) => {
    for (const { factor, curve } of sum.legs)
      byFactor[factor]! += weight * slopeAt(curve, x[factor]!, form.compiledAtMs);
  };
  add(form.have, 1);
  add(form.need, -h);
  for (const pool of form.pools) {
    const u = sumAt(pool.sum, x, form);
    for (const bend of pool.bends) {
      const i = bendPiece(bend, u, bend.by === undefined ? 0 : x[bend.by]!);
      const weight = bend.into === "have" ? 1 : -h;
      add(pool.sum, weight * bend.b[i]!);
      if (bend.by !== undefined) byFactor[bend.by]! += weight * bend.g[i]!;
    }
  }
  const byQuote = new Float64Array(form.quotes.length);
  for (const [factor, { powers }] of form.factors.entries()) {
    for (const [quote, power] of powers) byQuote[quote]! += byFactor[factor]! * x[factor]! * power;
  }
  return byQuote;
}

/** The factors' values at the given quotes. */
export function factorValues(factors: readonly Factor[], quotes: ArrayLike<number>): Float64Array {
  const x = new Float64Array(factors.length);
  for (let i = 0; i < factors.length; i++) {
    let value = 1;
    for (const [quote, power] of factors[i]!.powers) {
      if (power === 1) value *= quotes[quote]!;
      else if (power === -1) value /= quotes[quote]!;
      else value *= quotes[quote]! ** power;
    }
    x[i] = value;
  }
  return x;
}

/** Value of a sum at the factors' values; the clock is the form's. */
export function sumAt(sum: Sum, x: Float64Array, { compiledAtMs }: { readonly compiledAtMs: number }): number {
  let total = sum.constant;
  for (const { factor, curve } of sum.legs) total += curveAt(curve, x[factor]!, compiledAtMs);
  return total;
}

/** Sum of the absolute terms of a sum: the scale of its rounding error. */
export function sumGross(sum: Sum, x: Float64Array, { compiledAtMs }: { readonly compiledAtMs: number }): number {
  let total = Math.abs(sum.constant);
  for (const { factor, curve } of sum.legs) total += grossAt(curve, x[factor]!, compiledAtMs);
  return total;
}

/** Index of the piece of a bend that holds where the pool's sum is `u` and its coin's price `p`. */
export const bendPiece = (bend: Bend, u: number, p: number): number =>
  segmentAt(bend.from, bend.measure === "value" ? u : u / p);

function healthOf(have: number, need: number): number {
  if (need !== 0) return have / need;
  if (have === 0) return 1;
  return have > 0 ? Infinity : -Infinity;
}
