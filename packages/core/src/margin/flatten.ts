import { type Piece, curveAt, pieceAt } from "./curve.ts";
import { bendPiece, factorValues } from "./evaluate.ts";
import { curveBends } from "./concave.ts";
import type { Bend, Curve, Factor, Leg, MarginForm, Sum } from "./form.ts";

type Pieces = Extract<Curve, { kind: "pieces" }>;

/** A sum after merging: at most one line per factor, at most one `pieces` curve per factor, then options and samples. */
export interface FlatSum {
  readonly constant: number;
  readonly lines: readonly { readonly factor: number; readonly slope: number }[];
  /** `hull` says how the curve may also be evaluated: as the least or the greatest of its pieces, without a search. */
  readonly pieces: readonly {
    readonly factor: number;
    readonly curve: Pieces;
    readonly hull: "min" | "max" | "none";
  }[];
  readonly others: readonly Leg[];
}

/** What kernels are laid out from: A lines only, B lines and pieces, C with pools, D with samples or options. */
export interface FlatForm extends Omit<MarginForm, "have" | "need" | "pools"> {
  readonly class: "A" | "B" | "C" | "D";
  readonly have: FlatSum;
  readonly need: FlatSum;
  readonly pools: readonly { readonly sum: FlatSum; readonly bends: readonly Bend[] }[];
}

/** Merges legs per factor, folds what does not move into constants, and names the class; the values stay the same. */
export function flatten(form: MarginForm): FlatForm {
  const { have, need, pools, ...rest } = form;
  const flat = (sum: Sum) => flattenSum(sum, form);
  const sums = { have: flat(have), need: flat(need) };
  const flatPools = pools.map(({ sum, bends }) => ({ sum: flat(sum), bends }));
  return {
    ...rest,
    ...sums,
    pools: flatPools,
    class: classOf([sums.have, sums.need, ...flatPools.map(({ sum }) => sum)], flatPools.length > 0),
  };
}

/** Have and need of a flat form: equal to `evaluate` of the form it came from, within 4 ulp of gross. */
export function evaluateFlat(flat: FlatForm, quotes: ArrayLike<number>): { have: number; need: number } {
  const x = factorValues(flat.factors, quotes);
  const valueOf = (sum: FlatSum) => {
    let total = sum.constant;
    for (const { factor, slope } of sum.lines) total += slope * x[factor]!;
    for (const { factor, curve } of sum.pieces) total += curveAt(curve, x[factor]!, flat.compiledAtMs);
    for (const { factor, curve } of sum.others) total += curveAt(curve, x[factor]!, flat.compiledAtMs);
    return total;
  };
  const total = { have: valueOf(flat.have), need: valueOf(flat.need) };
  for (const { sum, bends } of flat.pools) {
    const u = valueOf(sum);
    for (const bend of bends) {
      const p = bend.by === undefined ? 0 : x[bend.by]!;
      const i = bendPiece(bend, u, p);
      total[bend.into] += bend.a[i]! + bend.b[i]! * u + bend.g[i]! * p;
    }
  }
  return total;
}

function classOf(sums: readonly FlatSum[], pooled: boolean): FlatForm["class"] {
  if (sums.some(({ others }) => others.length > 0)) return "D";
  if (pooled) return "C";
  return sums.some(({ pieces }) => pieces.length > 0) ? "B" : "A";
}

function flattenSum(sum: Sum, { factors, compiledAtMs }: MarginForm): FlatSum {
  let constant = sum.constant;
  const slopes = new Map<number, number>();
  const bent = new Map<number, Pieces>();
  const others: Leg[] = [];
  for (const leg of sum.legs) {
    const { factor, curve } = leg;
    if (isFixed(factors[factor]!)) constant += curveAt(curve, 1, compiledAtMs);
    else if (curve.kind === "black" || curve.kind === "sampled") others.push(leg);
    else {
      const straight = oneLine(curve);
      if (straight === undefined) bent.set(factor, merged(bent.get(factor), curve as Pieces));
      else {
        constant += straight.a;
        slopes.set(factor, (slopes.get(factor) ?? 0) + straight.b);
      }
    }
  }
  const lines = [...slopes].map(([factor, slope]) => ({ factor, slope })).filter(({ slope }) => slope !== 0);
  const pieces = [...bent].map(([factor, curve]) => ({ factor, curve, hull: hullOf(curve) }));
  return { constant, lines, pieces, others };
}

const isFixed = ({ powers }: Factor): boolean => powers.length === 0;

/** The single piece of a curve that is a straight line all the way. */
function oneLine(curve: Exclude<Curve, { kind: "black" | "sampled" }>): Piece | undefined {
  if (curve.kind === "pieces" && curve.knots.length > 1) return undefined;
  const piece = pieceAt(curve, 1);
  return piece.r === 0 ? piece : undefined;
}

/** The sum of two curves on the union of their knots. */
function merged(left: Pieces | undefined, right: Pieces): Pieces {
  if (left === undefined) return right;
  const knots = Float64Array.from(new Set([...left.knots, ...right.knots])).toSorted();
  const both = (pick: (piece: Piece) => number) =>
    knots.map((knot) => pick(pieceAt(left, knot)) + pick(pieceAt(right, knot)));
  const r = both((piece) => piece.r);
  return {
    kind: "pieces",
    knots,
    a: both((piece) => piece.a),
    b: both((piece) => piece.b),
    ...(r.some((term) => term !== 0) && { r }),
  };
}

function hullOf(curve: Pieces): "min" | "max" | "none" {
  if (curve.r !== undefined) return "none";
  if (curveBends(curve, -1)) return "min";
  return curveBends(curve, 1) ? "max" : "none";
}
