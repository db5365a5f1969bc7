import { type Curve, type MarginForm, formBuilder, slopedBend, tierCurve } from "@plimsoll/core/margin";
import { quoteKey } from "@plimsoll/core/units";
import * as fc from "fast-check";

const yearMs = 365 * 86_400_000;
const names = ["a", "b", "c"].map((name) => quoteKey(`random:${name}:mark`));
/** Steps of a thousandth: no denormal figures, which no account has. */
const uniform = (g: fc.GeneratorValue, min: number, max: number) =>
  min + ((max - min) * g(fc.integer, { min: 1, max: 1_000 })) / 1_000;
const oneOf = <T>(g: fc.GeneratorValue, options: readonly T[]): T => options[g(fc.nat, { max: options.length - 1 })]!;

export type Kind = "line" | "tiers" | "jumps" | "inverse" | "black" | "sampled";
export const kinds: readonly Kind[] = ["line", "tiers", "jumps", "inverse", "black", "sampled"];

/** A curve of one kind around `x`, about `scale` large; never below 0 when `positive`. */
function randomCurve(g: fc.GeneratorValue, kind: Kind, x: number, scale: number, positive: boolean): Curve {
  const sign = positive ? 1 : oneOf(g, [1, -1]);
  const size = (sign * scale * uniform(g, 0.1, 1)) / x;
  const knots = Float64Array.of(0, x * uniform(g, 0.5, 0.95), x * uniform(g, 1.05, 2));
  switch (kind) {
    case "line":
      return { kind: "line", slope: size };
    case "tiers": {
      const from = [0, 0.6 * scale, 1.3 * scale];
      return tierCurve(
        [0, 1, 2].map((i) => ({ from: from[i]!, rate: [0.1, 0.2, 0.3][i]!, deduct: [0, 0.06, 0.19][i]! * scale })),
        scale / x,
      );
    }
    case "jumps":
      return {
        kind: "pieces",
        knots,
        a: knots.map(() => sign * scale * uniform(g, 0, 0.2)),
        b: knots.map(() => size * uniform(g, 0, 1)),
      };
    case "inverse":
      return {
        kind: "pieces",
        knots,
        a: knots.map(() => 0),
        b: knots.map(() => size),
        r: knots.map(() => sign * scale * x * uniform(g, 0, 0.3)),
      };
    case "black":
      return {
        kind: "black",
        quantity: 3 * size,
        type: oneOf(g, ["call", "put"]),
        strike: x * uniform(g, 0.6, 1.6),
        expiryMs: uniform(g, 0, 0.5) * yearMs,
        vol: uniform(g, 0.2, 1),
      };
    case "sampled": {
      const grid = Float64Array.from({ length: 40 }, (_, i) => x * Math.exp((i - 19.5) / 3));
      return {
        kind: "sampled",
        knots: grid,
        values: grid.map((at) => sign * scale * uniform(g, 0, 0.4) * Math.min(3, at / x)),
        error: scale * 1e-6,
      };
    }
  }
}

/** A form with legs of the given kinds, and today's quotes in its order; one in two has a pool. */
export const randomForm = (allowed: readonly Kind[]): fc.Arbitrary<{ form: MarginForm; quotes: Float64Array }> =>
  fc.gen().map((g) => {
    const today = new Map(names.map((name) => [name, uniform(g, 0.5, 200)]));
    const form = formBuilder();
    const scale = 1_000;
    const factor = () => {
      const [one, other] = [oneOf(g, names), oneOf(g, names)];
      const powers = oneOf<readonly (readonly [typeof one, number])[]>(g, [
        [[one, 1]],
        [[one, 1]],
        [[one, 1]],
        [[one, -1]],
        [
          [one, 1],
          [other, -1],
        ],
        [
          [one, 1],
          [other, 1],
        ],
      ]);
      return {
        index: form.factor(...powers),
        x: powers.reduce((x, [name, power]) => x * today.get(name)! ** power, 1),
      };
    };
    const leg = (sum: typeof form.have, positive: boolean) => {
      const { index, x } = factor();
      sum.curve(index, randomCurve(g, oneOf(g, allowed), x, scale, positive));
    };
    form.have.add(uniform(g, -1, 3) * scale);
    for (let i = g(fc.nat, { max: 3 }); i >= 0; i--) leg(form.have, false);
    for (let i = g(fc.nat, { max: 2 }); i > 0; i--) leg(form.need, true);
    if (g(fc.boolean)) {
      const by = g(fc.boolean) ? { by: form.price(oneOf(g, names)) } : {};
      const step = scale * ("by" in by ? 0.01 : 1);
      const haircut = slopedBend({ into: "have", from: [-Infinity, 0, step], slopes: [1, 0.9, 0.6], ...by });
      const liability = slopedBend({ into: "need", from: [-Infinity, -step, 0], slopes: [-0.2, -0.05, 0], ...by });
      const pool = form.pool(haircut, liability).add(uniform(g, -1, 1) * scale);
      for (let i = g(fc.nat, { max: 2 }); i >= 0; i--) leg(pool, false);
    }
    const built = form.build({
      line: "maintenance",
      unit: "USD",
      atZero: oneOf(g, ["safe", "liquidatable"]),
      error: { absolute: 0, relative: 0 },
      compiledAtMs: 0,
    });
    return { form: built, quotes: Float64Array.from(built.quotes, (name) => today.get(name)!) };
  });
