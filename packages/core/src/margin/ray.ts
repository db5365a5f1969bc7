import { type Black, type Piece, curveAt, deviationOf, pieceAt, plus, segmentAt, valueOfPiece } from "./curve.ts";
import { factorValues } from "./evaluate.ts";
import type { Bend, Leg, MarginForm, Sum } from "./form.ts";

/** A way the quotes can go: quote k becomes `quotes[k] * t ** loadings[k]`, and factor f `x0[f] * t ** exponents[f]`. */
export interface Ray {
  readonly form: MarginForm;
  /** `legsOf` the form: asked for at every step along the ray. */
  readonly legs: readonly Leg[];
  readonly x0: Float64Array;
  readonly exponents: Float64Array;
  /** Where nothing is known beyond: the ends of samples, at most a billionfold move. */
  readonly low: number;
  readonly high: number;
}

const farthest = 1e9;

/** The ray from today's quotes along `loadings`; 0 leaves a quote where it is. */
export function rayOf(form: MarginForm, quotes: ArrayLike<number>, loadings: ArrayLike<number>): Ray {
  const x0 = factorValues(form.factors, quotes);
  const exponents = Float64Array.from(form.factors, ({ powers }) =>
    powers.reduce((sum, [quote, power]) => sum + power * loadings[quote]!, 0),
  );
  let [low, high] = [1 / farthest, farthest];
  const ray = { form, legs: legsOf(form), x0, exponents };
  for (const { factor, curve } of ray.legs) {
    if (curve.kind !== "sampled") continue;
    const ends = [curve.knots[0]!, curve.knots.at(-1)!];
    if (exponents[factor] === 0) {
      if (!(x0[factor]! >= ends[0]! && x0[factor]! <= ends[1]!)) [low, high] = [1, 1];
      continue;
    }
    const [from, to] = ends.map((x) => timeAt(ray, factor, x)).toSorted((a, b) => a - b);
    [low, high] = [Math.min(1, Math.max(low, from!)), Math.max(1, Math.min(high, to!))];
    if (from! > 1 || to! < 1) [low, high] = [1, 1];
  }
  return { ...ray, low, high };
}

/** Every leg of a form, those of pools included. */
export const legsOf = (form: MarginForm): readonly Leg[] => [
  ...form.have.legs,
  ...form.need.legs,
  ...form.pools.flatMap((pool) => pool.sum.legs),
];

/** Whether the surplus along the ray is `a + b*t + r/t` between knots: no option moves, no factor has another power. */
export function isClosedForm({ form, legs, exponents }: Ray): boolean {
  const simple = (factor: number) => exponents[factor] === 0 || Math.abs(exponents[factor]!) === 1;
  return (
    legs.every(({ factor, curve }) => (curve.kind === "black" ? exponents[factor] === 0 : simple(factor))) &&
    form.pools.every(({ bends }) => bends.every(({ by }) => by === undefined || simple(by)))
  );
}

/** The t at which a factor that moves reaches `x`. */
function timeAt({ x0, exponents }: Pick<Ray, "x0" | "exponents">, factor: number, x: number): number {
  const today = x0[factor]!;
  const exponent = exponents[factor]!;
  if (exponent === 1) return x / today;
  return exponent === -1 ? today / x : (x / today) ** (1 / exponent);
}

/** Every t in (low, high) at which a curve or a bend of the form changes its piece, ascending; the ray is of closed form. */
export function knotsAlong(ray: Ray): number[] {
  const inside = (t: number) => t > ray.low && t < ray.high;
  const legs = ascending(legKnots(ray).filter(inside));
  const edges = [ray.low, ...legs, ray.high];
  const bends: number[] = [];
  for (let i = 1; i < edges.length; i++) {
    const [from, to] = [edges[i - 1]!, edges[i]!];
    for (const pool of ray.form.pools) {
      const u = sumAlong(ray, pool.sum, Math.sqrt(from * to));
      for (const bend of pool.bends) bends.push(...bendKnots(ray, bend, u).filter((t) => t > from && t < to));
    }
  }
  return ascending([...legs, ...bends]);
}

/** Where the curves that move change their piece; options count as changing around their strike. */
export function legKnots(ray: Ray): number[] {
  return ray.legs
    .filter(({ factor }) => ray.exponents[factor] !== 0)
    .flatMap(({ factor, curve }) => {
      const knots = curve.kind === "line" ? [] : curve.kind === "black" ? strikeKnots(ray, curve) : [...curve.knots];
      return knots.filter((x) => x > 0).map((x) => timeAt(ray, factor, x));
    });
}

/** Half deviations around the strike, to eight of them: beyond, an option is a line to the last digit. */
function strikeKnots({ form }: Ray, option: Black): number[] {
  const deviation = deviationOf(option, form.compiledAtMs);
  return Array.from({ length: 33 }, (_, i) => option.strike * Math.exp(((i - 16) / 2) * deviation));
}

function bendKnots(ray: Ray, bend: Bend, u: Piece): number[] {
  const unit = bend.measure === "value" ? { a: 1, b: 0, r: 0 } : priceAlong(ray, bend.by!);
  return [...bend.from.subarray(1)].flatMap((from) => roots(plus(u, unit, -from)));
}

/** `have - h * need` as a piece in t; `near` says which pieces hold: any point inside the cell. */
export function surplusAlong(ray: Ray, near: number, h: number): Piece {
  let total = plus(sumAlong(ray, ray.form.have, near), sumAlong(ray, ray.form.need, near), -h);
  for (const pool of ray.form.pools) {
    const u = sumAlong(ray, pool.sum, near);
    for (const bend of pool.bends) {
      const p = bend.by === undefined ? { a: 0, b: 0, r: 0 } : priceAlong(ray, bend.by);
      const measured = valueOfPiece(u, near) / (bend.measure === "value" ? 1 : valueOfPiece(p, near));
      const i = segmentAt(bend.from, measured);
      const value = plus(plus({ a: bend.a[i]!, b: 0, r: 0 }, u, bend.b[i]!), p, bend.g[i]!);
      total = plus(total, value, bend.into === "have" ? 1 : -h);
    }
  }
  return total;
}

function sumAlong(ray: Ray, sum: Sum, near: number): Piece {
  let total: Piece = { a: sum.constant, b: 0, r: 0 };
  for (const { factor, curve } of sum.legs) {
    const x = ray.x0[factor]! * near ** ray.exponents[factor]!;
    const piece =
      curve.kind === "black" ? { a: curveAt(curve, x, ray.form.compiledAtMs), b: 0, r: 0 } : pieceAt(curve, x);
    total = plus(total, inTime(piece, ray.x0[factor]!, ray.exponents[factor]!), 1);
  }
  return total;
}

const priceAlong = (ray: Ray, factor: number): Piece =>
  inTime({ a: 0, b: 1, r: 0 }, ray.x0[factor]!, ray.exponents[factor]!);

/** A piece in x as a piece in t, where x = x0 * t ** exponent. */
function inTime(piece: Piece, x0: number, exponent: number): Piece {
  if (exponent === 0) return { a: valueOfPiece(piece, x0), b: 0, r: 0 };
  const [rising, falling] = [piece.b * x0, piece.r / x0];
  return exponent === 1 ? { a: piece.a, b: rising, r: falling } : { a: piece.a, b: falling, r: rising };
}

/** The t > 0 at which `a + b*t + r/t` is 0, ascending. */
export function roots({ a, b, r }: Piece): number[] {
  if (r === 0) return [-a / b].filter((t) => t > 0 && t < Infinity);
  if (b === 0) return [-r / a].filter((t) => t > 0 && t < Infinity);
  const square = a * a - 4 * b * r;
  if (!(square >= 0)) return [];
  const half = -0.5 * (a + (a < 0 ? -1 : 1) * Math.sqrt(square));
  return ascending([half / b, r / half].filter((t) => t > 0 && t < Infinity));
}

const ascending = (numbers: readonly number[]): number[] => [...new Set(numbers)].toSorted((a, b) => a - b);
