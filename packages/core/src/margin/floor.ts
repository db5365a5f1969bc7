import { type Black, type Piece, type Straight, curveAt, pieceAt, plus, valueOfPiece } from "./curve.ts";
import type { Bend, Curve, Factor, Leg, MarginForm, Pool } from "./form.ts";

/** Each quote somewhere between `low` and `high`, in the order of `form.quotes`, all above 0. */
export interface Box {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}
interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * A lower bound of `have - h * need` on a box of quotes; exact when no factor is used twice and no pool moves.
 * @returns -Infinity where a sampled curve does not cover the box.
 */
export function floor(form: MarginForm, box: Box, h = 1): number {
  const x = form.factors.map((factor) => rangeOf(factor, box));
  const clock = form.compiledAtMs;
  const weighted = [
    ...form.have.legs.map((leg) => ({ ...leg, weight: 1 })),
    ...form.need.legs.map((leg) => ({ ...leg, weight: -h })),
  ];
  let total = form.have.constant - h * form.need.constant + leastOfLegs(weighted, x, clock);
  for (const pool of form.pools) total += leastOfPool(pool, x, h, clock);
  return Number.isNaN(total) ? -Infinity : total;
}

function rangeOf({ powers }: Factor, { low, high }: Box): Range {
  let [from, to] = [1, 1];
  for (const [quote, power] of powers) {
    from *= (power > 0 ? low : high)[quote]! ** power;
    to *= (power > 0 ? high : low)[quote]! ** power;
  }
  return { low: from, high: to };
}

type Weighted = Leg & { readonly weight: number };

/** Legs on one factor move together; different factors are taken as independent. */
function leastOfLegs(legs: readonly Weighted[], x: readonly Range[], clock: number): number {
  const byFactor = Map.groupBy(legs, ({ factor }) => factor);
  return [...byFactor].reduce((sum, [factor, group]) => sum + leastOnFactor(group, x[factor]!, clock), 0);
}

function leastOnFactor(legs: readonly Weighted[], range: Range, clock: number): number {
  const knots = legs.flatMap(({ curve }) => knotsOf(curve)).filter((knot) => knot > range.low && knot <= range.high);
  const edges = [range.low, ...knots.toSorted((a, b) => a - b), range.high];
  let least = Infinity;
  for (let i = 1; i < edges.length; i++) {
    least = Math.min(least, leastInCell(legs, { low: edges[i - 1]!, high: edges[i]! }, clock));
  }
  const doubt = legs.map(({ curve, weight }) => (curve.kind === "sampled" ? Math.abs(weight) * curve.error : 0));
  return least - doubt.reduce((sum, error) => sum + error, 0);
}

const knotsOf = (curve: Curve): readonly number[] =>
  curve.kind === "pieces" || curve.kind === "sampled" ? [...curve.knots] : [];

/** No knot inside the cell. Options sold are concave, so with a concave rest the ends decide; options bought are monotone. */
function leastInCell(legs: readonly Weighted[], cell: Range, clock: number): number {
  const middle = (cell.low + cell.high) / 2;
  let rest: Piece = { a: 0, b: 0, r: 0 };
  const options: (Weighted & { readonly curve: Black })[] = [];
  for (const leg of legs) {
    if (leg.curve.kind === "black") options.push({ ...leg, curve: leg.curve });
    else rest = plus(rest, pieceAt(leg.curve satisfies Straight, middle), leg.weight);
  }
  const at = (x: number) => options.map(({ curve, weight }) => weight * curveAt(curve, x, clock));
  const concave = options.map(({ curve, weight }) => weight * curve.quantity <= 0);
  const [left, right] = [at(cell.low), at(cell.high)];
  const sold = (values: readonly number[]) => total(values.filter((_, i) => concave[i]));
  const bought = total(left.map((value, i) => (concave[i] ? 0 : Math.min(value, right[i]!))));
  if (rest.r <= 0) {
    const [low, high] = [valueOfPiece(rest, cell.low), valueOfPiece(rest, cell.high)];
    return bought + Math.min(low + sold(left), high + sold(right));
  }
  const soldApart = total(left.map((value, i) => (concave[i] ? Math.min(value, right[i]!) : 0)));
  const turn = Math.min(cell.high, Math.max(cell.low, Math.sqrt(rest.r / Math.max(rest.b, 0))));
  const ends = [cell.low, turn, cell.high].map((x) => valueOfPiece(rest, x));
  return bought + soldApart + Math.min(...ends);
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
function leastOfPool({ sum, bends }: Pool, x: readonly Range[], h: number, clock: number): number {
  const legs = (weight: number) => sum.legs.map((leg) => ({ ...leg, weight }));
  const ends = [sum.constant + leastOfLegs(legs(1), x, clock), sum.constant - leastOfLegs(legs(-1), x, clock)];
  // on a box that is a point rounding may turn the two around
  const u = { low: Math.min(...ends), high: Math.max(...ends) };
  const price = (bend: Bend) => (bend.by === undefined ? { low: 0, high: 0 } : x[bend.by]!);
  return total(bends.map((bend) => leastOfBend(bend, u, price(bend), bend.into === "have" ? 1 : -h)));
}

/** A bend is linear on each of its regions, and a region cut by the box is a polygon: the least value is at a corner. */
function leastOfBend(bend: Bend, u: Range, p: Range, weight: number): number {
  let least = Infinity;
  for (const [i, from] of bend.from.entries()) {
    const to = bend.from[i + 1] ?? Infinity;
    const scale = (price: number) => (bend.measure === "value" ? 1 : price);
    const crossings = [u.low / from, u.low / to, u.high / from, u.high / to];
    for (const price of [p.low, p.high, ...(bend.measure === "value" ? [] : crossings)]) {
      if (!(price >= p.low && price <= p.high)) continue;
      const [low, high] = [Math.max(u.low, from * scale(price)), Math.min(u.high, to * scale(price))];
      if (low > high) continue;
      const value = (at: number) => weight * (bend.a[i]! + bend.b[i]! * at + bend.g[i]! * price);
      least = Math.min(least, value(low), value(high));
    }
  }
  return least;
}
