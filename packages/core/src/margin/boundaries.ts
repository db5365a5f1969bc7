import { findRoot } from "@plimsoll/core/math";
import { valueOfPiece } from "./curve.ts";
import { evaluate, gradient } from "./evaluate.ts";
import type { MarginForm } from "./form.ts";
import { type Ray, isClosedForm, knotsAlong, legKnots, rayOf, roots, surplusAlong } from "./ray.ts";

/**
 * Where the verdict changes, on each side nearest to today; an absent side has no such point between `low` and `high`.
 * A form that is not concave may have more of them farther out.
 */
export interface Boundaries {
  readonly down?: number;
  readonly up?: number;
  /** What was searched: a billionfold move, less where a sampled curve ends. Beyond it nothing is claimed. */
  readonly searched: { readonly low: number; readonly high: number };
}

/**
 * Liquidation prices of one quote while all others stand still.
 * @param quote its index in `form.quotes`.
 * @param h the line as a multiple of need: 1 is the form's own.
 */
export function liquidationPrices(form: MarginForm, quotes: ArrayLike<number>, quote: number, h = 1): Boundaries {
  const { down, up, searched } = boundaries(form, quotes, [quote], h);
  const price = quotes[quote]!;
  return {
    ...(down !== undefined && { down: down * price }),
    ...(up !== undefined && { up: up * price }),
    searched: { low: searched.low * price, high: searched.high * price },
  };
}

/** The multiples of today's quotes at which a form crosses its line when the quotes `which` move together. */
export function boundaries(form: MarginForm, quotes: ArrayLike<number>, which: readonly number[], h = 1): Boundaries {
  const loadings = Float64Array.from(form.quotes, (_, quote) => (which.includes(quote) ? 1 : 0));
  return boundariesAlong(form, quotes, loadings, h);
}

/** The same for each of the form's quotes alone, in their order. */
export const boundariesAlone = (form: MarginForm, quotes: ArrayLike<number>): readonly Boundaries[] =>
  form.quotes.map((_, quote) => boundaries(form, quotes, [quote]));

/**
 * The t at which a form crosses its line when quote k goes to `quotes[k] * t ** loadings[k]`.
 * Closed form where every moving factor goes with t or 1/t and no option moves; otherwise a root search between knots.
 */
export function boundariesAlong(
  form: MarginForm,
  quotes: ArrayLike<number>,
  loadings: ArrayLike<number>,
  h = 1,
): Boundaries {
  const ray = rayOf(form, quotes, loadings);
  const searched = { low: ray.low, high: ray.high };
  const today = evaluate(form, quotes).surplus(h);
  if (Number.isNaN(today)) return { searched: { low: 1, high: 1 } };
  const safe = (surplus: number) => surplus > 0 || (surplus === 0 && form.atZero === "safe");
  const changed = (surplus: number) => !Number.isNaN(surplus) && safe(surplus) !== safe(today);
  const isClosed = isClosedForm(ray);
  const crossing = isClosed ? solved(ray, h, changed) : sought(form, quotes, loadings, h, changed);
  const points = isClosed ? knotsAlong(ray) : searchPoints(ray);
  const down = firstOf(crossing, [1, ...points.filter((t) => t < 1).toReversed(), ray.low]);
  const up = firstOf(crossing, [1, ...points.filter((t) => t > 1), ray.high]);
  return { ...(down !== undefined && { down }), ...(up !== undefined && { up }), searched };
}

/** The first change of verdict between two neighbouring points, coming from `near`. */
type Crossing = (near: number, far: number) => number | undefined;

function firstOf(crossing: Crossing, edges: readonly number[]): number | undefined {
  for (let i = 1; i < edges.length; i++) {
    if (edges[i] === edges[i - 1]) continue;
    const found = crossing(edges[i - 1]!, edges[i]!);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Inside a cell the surplus is one piece; a change right at its start is a jump, and the boundary is the knot. */
const solved =
  (ray: Ray, h: number, changed: (surplus: number) => boolean): Crossing =>
  (near, far) => {
    const piece = surplusAlong(ray, Math.sqrt(near * far), h);
    if (changed(valueOfPiece(piece, near))) return near;
    const [low, high] = near < far ? [near, far] : [far, near];
    const met = roots(piece).filter((t) => t > low && t < high);
    if (near > far) met.reverse();
    const found = met.find((t, i) => changed(valueOfPiece(piece, Math.sqrt(t * (met[i + 1] ?? far)))));
    // a root that rounding put just before the cell
    return found ?? (met.length === 0 && changed(valueOfPiece(piece, Math.sqrt(near * far))) ? near : undefined);
  };

/** Without a closed form: a change between the ends, or at a turning point between them that comes back before the far end. */
const sought =
  (
    form: MarginForm,
    quotes: ArrayLike<number>,
    loadings: ArrayLike<number>,
    h: number,
    changed: (surplus: number) => boolean,
  ): Crossing =>
  (near, far) => {
    const quotesAt = (t: number) => {
      const moved = new Float64Array(form.quotes.length);
      for (let k = 0; k < moved.length; k++) moved[k] = quotes[k]! * t ** loadings[k]!;
      return moved;
    };
    const surplus = (t: number) => evaluate(form, quotesAt(t)).surplus(h);
    const slope = (t: number) => gradient(form, quotesAt(t), h).reduce((sum, by, k) => sum + by * loadings[k]!, 0);
    // just inside: at the ends themselves the neighbouring cell's pieces may hold
    const [start, end] = [1e-12, 1 - 1e-12].map((share) => near * (far / near) ** share) as [number, number];
    if (changed(surplus(start))) return near;
    if (changed(surplus(end))) return findRoot(surplus, start, end);
    const [leaving, arriving] = [slope(start), slope(end)].map((by) => by * Math.sign(far - near) * surplus(start));
    if (!(leaving! < 0 && arriving! > 0)) return undefined;
    const turn = findRoot(slope, start, end);
    return changed(surplus(turn)) ? findRoot(surplus, start, turn) : undefined;
  };

/** Knots, and steps that widen away from today: fine enough that a root search between neighbours sees what there is. */
function searchPoints(ray: Ray): number[] {
  const points = legKnots(ray);
  for (let step = 0.02; step < Math.log(1 / 1e-9); step *= 1.15) points.push(Math.exp(step), Math.exp(-step));
  return points.filter((t) => t > ray.low && t < ray.high).toSorted((a, b) => a - b);
}
