import { type MarginForm, boundaries, evaluate, evaluateFlat, flatten, floor, gradient } from "@plimsoll/core/margin";
import * as fc from "fast-check";
import { expectThat } from "./trial.ts";

type Law = (form: MarginForm, quotes: Float64Array, g: fc.GeneratorValue) => void;

const noise = 1e-12;
const times = (quotes: Float64Array, factor: (quote: number) => number) =>
  quotes.map((value, quote) => value * factor(quote));
const between = (g: fc.GeneratorValue, min: number, max: number) => g(fc.double, { min, max, noNaN: true });
const someQuotes = (form: MarginForm, g: fc.GeneratorValue) => [
  ...g(() => fc.uniqueArray(fc.nat({ max: Math.max(0, form.quotes.length - 1) }), { minLength: 1 })),
];

/** The gradient is the slope that central differences find, away from knots. */
const gradientLaw: Law = (form, quotes) => {
  const slopes = gradient(form, quotes);
  const step = 1e-6;
  const { gross, surplus } = evaluate(form, quotes);
  for (const quote of form.quotes.keys()) {
    const beside = (by: number) =>
      evaluate(
        form,
        times(quotes, (k) => (k === quote ? Math.exp(by) : 1)),
      ).surplus();
    const [left, right] = [(surplus() - beside(-step)) / step, (beside(step) - surplus()) / step];
    if (Math.abs(left - right) > 1e-4 * gross) continue;
    const found = (left + right) / 2;
    expectThat(Math.abs(found - slopes[quote]!) <= 1e-4 * gross, `gradient ${slopes[quote]}, by differences ${found}`);
  }
};

/** A higher line is nearer, never farther. */
const higherLine: Law = (form, quotes) => {
  const { need, surplus, gross } = evaluate(form, quotes);
  expectThat(need >= -noise * gross, `need is ${need}: below 0`);
  expectThat(surplus(1.2) <= surplus(1) + noise * gross, "a higher h raised the surplus");
};

/** `concave: true`: the surplus half-way is at least the average, on any segment between two points in factors. */
const midpoint: Law = (form, quotes, g) => {
  if (!form.concave) return;
  const powers = form.quotes.map(
    (_, k) => form.factors.flatMap((f) => f.powers).find(([quote]) => quote === k)?.[1] ?? 1,
  );
  const ends = [0, 1].map(() => times(quotes, () => Math.exp(between(g, -1.6, 1.6))));
  const half = quotes.map((_, k) => {
    const power = powers[k]!;
    return ((ends[0]![k]! ** power + ends[1]![k]! ** power) / 2) ** (1 / power);
  });
  const [a, b, middle] = [evaluate(form, ends[0]!), evaluate(form, ends[1]!), evaluate(form, half)];
  const average = (a.surplus() + b.surplus()) / 2;
  const allowed = noise * (a.gross + b.gross + middle.gross);
  expectThat(middle.surplus() >= average - allowed, `called concave, but ${middle.surplus()} is below ${average}`);
};

/** The computed boundaries are the first change of verdict that a scan meets, and the verdict changes there. */
const scan: Law = (form, quotes, g) => {
  const which = form.quotes.length === 0 ? [] : someQuotes(form, g);
  const { down, up, searched } = boundaries(form, quotes, which);
  const at = (t: number) =>
    evaluate(
      form,
      times(quotes, (k) => (which.includes(k) ? t : 1)),
    );
  const today = at(1);
  const differs = (t: number): boolean | undefined => {
    const { surplus, gross } = at(t);
    if (!(Math.abs(surplus()) > 1e-11 * gross)) return undefined;
    return surplus() > 0 !== today.surplus() > 0;
  };
  if (!(Math.abs(today.surplus()) > 1e-11 * today.gross)) return;
  for (const [found, side] of [
    [down, -1],
    [up, 1],
  ] as const) {
    const end = found ?? (side < 0 ? Math.max(searched.low, 1e-3) : Math.min(searched.high, 1e3));
    for (let i = 1; i < 400; i++) {
      const t = end ** (i / 400);
      expectThat(differs(t) !== true, `verdict changed at ${t}, before the boundary ${found ?? "none"}`);
    }
    if (found === undefined || found <= searched.low * 1.000001 || found >= searched.high / 1.000001) continue;
    expectThat(differs(found * (1 - side * 1e-9)) !== true, `verdict changed before the boundary ${found}`);
    expectThat(differs(found * (1 + side * 1e-9)) !== false, `verdict did not change at the boundary ${found}`);
  }
};

/** No point of a box is below its floor. */
const floorLaw: Law = (form, quotes, g) => {
  const edges = [0, 1].map(() => times(quotes, () => Math.exp(between(g, -0.7, 0.7))));
  const low = edges[0]!.map((value, k) => Math.min(value, edges[1]![k]!));
  const high = edges[0]!.map((value, k) => Math.max(value, edges[1]![k]!));
  const least = floor(form, { low, high });
  for (let round = 0; round < 20; round++) {
    const { surplus, gross } = evaluate(
      form,
      low.map((value, k) => value + (high[k]! - value) * between(g, 0, 1)),
    );
    expectThat(
      Number.isNaN(surplus()) || surplus() >= least - noise * gross,
      `${surplus()} is below the floor ${least}`,
    );
  }
};

/** Merging legs changes nothing but the order of additions. */
const flattenLaw: Law = (form, quotes) => {
  const { have, need, gross } = evaluate(form, quotes);
  const flat = evaluateFlat(flatten(form), quotes);
  const allowed = 4 * Number.EPSILON * gross;
  expectThat(!(Math.abs(flat.have - have) > allowed), `flattened have ${flat.have}, not ${have}`);
  expectThat(!(Math.abs(flat.need - need) > allowed), `flattened need ${flat.need}, not ${need}`);
};

/** The laws that hold for every form whatever it stands for, at any quotes inside its samples. */
export const formLaws: Readonly<Record<string, Law>> = {
  gradient: gradientLaw,
  "higher line": higherLine,
  midpoint,
  scan,
  floor: floorLaw,
  flatten: flattenLaw,
};
