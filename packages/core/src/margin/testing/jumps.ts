import { type Bend, type MarginForm, bendPiece, factorValues, sumAt, sumGross } from "@plimsoll/core/margin";

/**
 * The form once for each bend that jumps where its pool stands, with that bend on the other side of the jump.
 * A piece holds on [from[i], from[i + 1]), and a pool that measures a knot exactly stands above it, whatever the rounding. But what a pool
 * measures is a sum of rounded products: less than its rounding away from a knot, a float64 cannot say on which side the exact
 * measure is. There, and at no other place, a form may differ from the engine, by the jump.
 */
export function acrossJumps(form: MarginForm, quotes: Float64Array): readonly MarginForm[] {
  const x = factorValues(form.factors, quotes);
  return form.pools.flatMap((pool, at) => {
    const [u, gross] = [sumAt(pool.sum, x, form), sumGross(pool.sum, x, form)];
    return pool.bends.flatMap((bend, which) => {
      const from = acrossJump(bend, u, form.error.relative * gross, bend.by === undefined ? 0 : x[bend.by]!);
      if (from === undefined) return [];
      const bends = pool.bends.with(which, { ...bend, from });
      return [{ ...form, pools: form.pools.with(at, { ...pool, bends }) }];
    });
  });
}

/** The knots with the one moved over `u` that it is closer to than the rounding, and not at; undefined without a jump there. */
function acrossJump(bend: Bend, u: number, rounding: number, p: number): Float64Array | undefined {
  const unit = bend.measure === "value" ? 1 : p;
  const measured = u / unit;
  const here = bendPiece(bend, u, p);
  const valueOf = (piece: number) => bend.a[piece]! + bend.b[piece]! * u + bend.g[piece]! * p;
  for (const knot of [here, here + 1]) {
    const apart = Math.abs(measured - (bend.from[knot] ?? Infinity));
    if (apart === 0 || !(apart * unit <= rounding)) continue;
    const jump = Math.abs(valueOf(knot) - valueOf(knot - 1));
    if (jump > rounding) return bend.from.with(knot, knot === here ? measured + apart : measured);
  }
  return undefined;
}
