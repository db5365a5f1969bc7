import { type Matrix, cholesky, dot, multiply, transpose } from "@plimsoll/core/math";
import { invariant } from "@plimsoll/core/units";
import { boundariesAlong } from "./boundaries.ts";
import { evaluate, factorValues, gradient } from "./evaluate.ts";
import type { MarginForm } from "./form.ts";
import { legsOf } from "./ray.ts";

/** The most likely way to the line: of all joint moves that end there, the one of the fewest standard deviations. */
export interface JointMove {
  /** Standard deviations over the covariance's own span of time; 0 where the account is at or below its line. */
  readonly distance: number;
  /** Logarithmic moves, one per quote. */
  readonly moves: Float64Array;
  /** The quotes there. */
  readonly quotes: Float64Array;
  /** False: the search ended on a kink, the distance is an upper bound. */
  readonly settled: boolean;
}

/** A point in independent standard normals (`quotes * exp(lower * z)`), and whether a search settled there. */
interface Candidate {
  readonly z: readonly number[];
  readonly settled: boolean;
}

interface Search {
  readonly lower: Matrix;
  readonly upper: Matrix;
  readonly today: number;
  readonly quotesAt: (z: readonly number[]) => Float64Array;
  readonly surplus: (z: readonly number[]) => number;
  readonly slope: (z: readonly number[]) => number[];
}

/**
 * Distance to the line in standard deviations of a joint move; local minima are met by several starts.
 * @param covariance of the logarithms of `form.quotes`, in their order; a row of zeros stands still.
 * @returns "none" where no searched direction reaches the line.
 * @source first-order reliability: Hasofer & Lind 1974, Rackwitz & Fiessler 1978; the merit function of Zhang & Der Kiureghian 1997.
 */
export function jointMove(form: MarginForm, quotes: ArrayLike<number>, covariance: Matrix, h = 1): JointMove | "none" {
  const search = searchIn(form, quotes, covariance, h);
  if (!(search.today > 0)) return moveTo(search, { z: form.quotes.map(() => 0), settled: !Number.isNaN(search.today) });
  const onLine = (candidate: Candidate) => stretched(form, quotes, h, search, candidate);
  const starts = oneQuoteMoves(form, quotes, covariance, h, search);
  const descents = [form.quotes.map(() => 0), ...starts].map((z) => descend(search, z));
  const found = [...descents, ...starts.map((z) => ({ z, settled: false }))].flatMap(onLine);
  if (found.length === 0) return "none";
  const beside = found.flatMap(({ z }) => knotPlanes(form, search, z).flatMap((plane) => aroundKnot(search, z, plane)));
  const all = [...found, ...beside.flatMap(onLine)];
  // a search that ended on a kink is turned to the least around it, and may beat one that settled elsewhere
  const best = nearest(all)!;
  const loose = nearest(all.filter(({ settled }) => !settled));
  return moveTo(search, nearest([best, ...(loose === undefined ? [] : [turned(loose, onLine)])])!);
}

/** The least on the knot itself, and what is found from just before and just behind it: a tier may part two minima. */
function aroundKnot(search: Search, z: readonly number[], plane: Plane): Candidate[] {
  const on = descend(search, z, plane);
  return [on, ...[-0.2, 0.2].map((by) => descend(search, combine(on.z, plane.unit, by)))];
}

/** Turns a direction that ended on a kink little by little, as long as the line comes nearer. */
function turned(start: Candidate, onLine: (candidate: Candidate) => Candidate[]): Candidate {
  let best = start;
  for (let step = 0.1 * length(start.z); step > 1e-7;) {
    const around = best.z.flatMap((_, i) => [step, -step].map((by) => best.z.with(i, best.z[i]! + by)));
    const next = nearest([best, ...around.flatMap((z) => onLine({ z, settled: false }))])!;
    if (next === best) step /= 2;
    best = next;
  }
  return best;
}

/** Surplus over its standard deviation today: a sort key and a starting value, no distance to show. */
export function linearDistance(form: MarginForm, quotes: ArrayLike<number>, covariance: Matrix, h = 1): number {
  const slopes = [...gradient(form, quotes, h)];
  return evaluate(form, quotes).surplus(h) / Math.sqrt(dot(slopes, multiply(covariance, slopes)));
}

function searchIn(form: MarginForm, quotes: ArrayLike<number>, covariance: Matrix, h: number): Search {
  const lower = cholesky(covariance);
  invariant(lower !== undefined && lower.length === form.quotes.length, "not a covariance of the form's quotes");
  const upper = transpose(lower);
  const quotesAt = (z: readonly number[]) =>
    Float64Array.from(multiply(lower, z), (move, quote) => quotes[quote]! * Math.exp(move));
  const surplus = (z: readonly number[]) => evaluate(form, quotesAt(z)).surplus(h);
  const slope = (z: readonly number[]) => multiply(upper, [...gradient(form, quotesAt(z), h)]);
  return { lower, upper, today: evaluate(form, quotes).surplus(h), quotesAt, surplus, slope };
}

/** Where each quote alone, with the others following as they usually do, reaches the line. */
function oneQuoteMoves(
  form: MarginForm,
  quotes: ArrayLike<number>,
  covariance: Matrix,
  h: number,
  { lower }: Search,
): number[][] {
  return form.quotes.flatMap((_, quote) => {
    const variance = covariance[quote]![quote]!;
    if (!(variance > 0)) return [];
    const loadings = Float64Array.from(covariance, (row) => row[quote]! / variance);
    const { down, up } = boundariesAlong(form, quotes, loadings, h);
    const times = [down, up].filter((t) => t !== undefined);
    return times.map((t) => lower[quote]!.map((weight) => (weight * Math.log(t)) / variance));
  });
}

/** All z with unit . z = offset: where one factor stands at one knot. */
interface Plane {
  readonly unit: readonly number[];
  readonly offset: number;
}

/** Moves to the nearest point of the linearised line until it stays there, shortening steps that do not help. */
function descend(search: Search, start: readonly number[], plane?: Plane): Candidate {
  const inPlane = (vector: readonly number[]) =>
    plane === undefined ? [...vector] : combine(vector, plane.unit, -dot(vector, plane.unit));
  const base = plane === undefined ? start.map(() => 0) : plane.unit.map((part) => part * plane.offset);
  let w = inPlane(start);
  for (let round = 0; round < 100; round++) {
    const z = combine(base, w, 1);
    const [s, g] = [search.surplus(z), inPlane(search.slope(z))];
    const steepness = dot(g, g);
    if (!(steepness > 0)) break;
    const goal = g.map((part) => (part * (dot(g, w) - s)) / steepness);
    const weight = (2 * Math.max(length(w), length(goal))) / Math.sqrt(steepness);
    const merit = (point: readonly number[]) =>
      dot(point, point) / 2 + weight * Math.abs(search.surplus(combine(base, point, 1)));
    const change = combine(goal, w, -1);
    if (length(change) < 1e-8 && Math.abs(s) < 1e-9 * search.today) return { z: combine(base, goal, 1), settled: true };
    const before = merit(w);
    // near the end the gain drowns in rounding: short steps are taken as they are
    let share = 1;
    while (length(change) > 1e-5 && share > 1e-4 && !(merit(combine(w, change, share)) < before)) share /= 2;
    if (share <= 1e-4) break;
    w = combine(w, change, share);
  }
  return { z: combine(base, w, 1), settled: false };
}

/** The point where the ray through a candidate really meets the line. */
function stretched(
  form: MarginForm,
  quotes: ArrayLike<number>,
  h: number,
  { lower }: Search,
  { z, settled }: Candidate,
): Candidate[] {
  if (!(length(z) > 0)) return [];
  const { up } = boundariesAlong(form, quotes, multiply(lower, z), h);
  return up === undefined ? [] : [{ z: z.map((part) => part * Math.log(up)), settled }];
}

/** Knots within two fifths (in logarithms) of where a factor stands at z: there the slope jumps, and a minimum may sit in the crease. */
function knotPlanes(form: MarginForm, { upper, quotesAt }: Search, z: readonly number[]): Plane[] {
  const x = factorValues(form.factors, quotesAt(z));
  return legsOf(form).flatMap(({ factor, curve }) => {
    if (curve.kind !== "pieces" && curve.kind !== "sampled") return [];
    const powers = form.quotes.map(() => 0);
    for (const [quote, power] of form.factors[factor]!.powers) powers[quote] = power;
    const normal = multiply(upper, powers);
    const steepness = length(normal);
    if (steepness === 0) return [];
    const unit = normal.map((part) => part / steepness);
    const near = [...curve.knots].filter((knot) => Math.abs(Math.log(knot / x[factor]!)) < 0.4);
    return near.map((knot) => ({ unit, offset: dot(unit, z) + Math.log(knot / x[factor]!) / steepness }));
  });
}

function nearest(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.toSorted((a, b) => length(a.z) - length(b.z))[0];
}

const moveTo = ({ lower, quotesAt }: Search, { z, settled }: Candidate): JointMove => ({
  distance: length(z),
  moves: Float64Array.from(multiply(lower, z)),
  quotes: quotesAt(z),
  settled,
});

const length = (vector: readonly number[]): number => Math.sqrt(dot(vector, vector));
const combine = (a: readonly number[], b: readonly number[], weight: number): number[] =>
  a.map((part, i) => part + weight * b[i]!);
