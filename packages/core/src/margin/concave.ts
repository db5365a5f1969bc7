import type { Bend, Curve, MarginForm, Sum } from "./form.ts";

/** Relative rounding allowed where two pieces must meet. */
const tight = 1e-9;

/**
 * Whether have is concave and need convex in the factors, read from the structure; false promises nothing.
 * Factors must be free of each other: a product of quotes, or one quote in two factors, is never called concave.
 */
export function isConcave({
  factors,
  have,
  need,
  pools,
}: Pick<MarginForm, "factors" | "have" | "need" | "pools">): boolean {
  const names = factors.flatMap(({ powers }) => powers.map(([quote]) => quote));
  const free = factors.every(({ powers }) => powers.length <= 1) && new Set(names).size === names.length;
  return (
    free &&
    bendsOneWay(have, -1) &&
    bendsOneWay(need, 1) &&
    pools.every(({ sum, bends }) => bendsOneWay(sum, -1) && bends.every(passesConcavity))
  );
}

/** Every leg concave (`way` -1) or convex (`way` 1). */
const bendsOneWay = (sum: Sum, way: 1 | -1): boolean => sum.legs.every(({ curve }) => curveBends(curve, way));

/** Whether a curve is concave (`way` -1) or convex (`way` 1), without a jump. */
export function curveBends(curve: Curve, way: 1 | -1): boolean {
  switch (curve.kind) {
    case "line":
      return true;
    case "black":
      return way * curve.quantity >= 0;
    case "sampled":
      return false;
    case "pieces": {
      const { knots, a, b } = curve;
      const r = curve.r ?? new Float64Array(knots.length);
      if (r.some((term) => way * term < 0)) return false;
      for (let i = 1; i < knots.length; i++) {
        const k = knots[i]!;
        const [before, after] = [a[i - 1]! + b[i - 1]! * k + r[i - 1]! / k, a[i]! + b[i]! * k + r[i]! / k];
        const size = Math.abs(a[i - 1]!) + Math.abs(a[i]!) + (Math.abs(b[i - 1]!) + Math.abs(b[i]!)) * k;
        if (Math.abs(after - before) > tight * size) return false;
        const turn = b[i]! - r[i]! / k ** 2 - (b[i - 1]! - r[i - 1]! / k ** 2);
        if (way * turn < -tight * (Math.abs(b[i]!) + Math.abs(b[i - 1]!))) return false;
      }
      return true;
    }
  }
}

/** Into have: concave and nondecreasing in u; into need: convex and nonincreasing. Both without a jump. */
function passesConcavity(bend: Bend): boolean {
  const way = bend.into === "have" ? 1 : -1;
  return bend.from.every((_, i) => {
    if (way * bend.b[i]! < 0) return false;
    return i === 0 || (way * bend.b[i]! <= way * bend.b[i - 1]! && meets(bend, i));
  });
}

/** Whether pieces i - 1 and i agree where they meet: at u = from, or at u = from * p for every price p. */
function meets({ measure, from, a, b, g }: Bend, i: number): boolean {
  const turn = (b[i]! - b[i - 1]!) * from[i]!;
  const [da, dg] = [a[i]! - a[i - 1]!, g[i]! - g[i - 1]!];
  const [gap, other] = measure === "value" ? [da + turn, dg] : [dg + turn, da];
  const terms = [a[i]!, a[i - 1]!, g[i]!, g[i - 1]!, b[i]! * from[i]!, b[i - 1]! * from[i]!];
  return Math.abs(gap) + Math.abs(other) <= tight * Math.max(...terms.map(Math.abs));
}
