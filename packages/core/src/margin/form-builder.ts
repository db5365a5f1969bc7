import { type QuoteKey, invariant } from "@plimsoll/core/units";
import { isConcave } from "./concave.ts";
import type { Bend, Curve, Factor, Leg, MarginForm, Pool, Sum } from "./form.ts";

/** One side of a form, or the inside of a pool, while it is being collected. */
export interface SumBuilder {
  add(constant: number): SumBuilder;
  /** slope * factor; a slope of 0 leaves nothing behind. */
  line(factor: number, slope: number): SumBuilder;
  curve(factor: number, curve: Curve): SumBuilder;
}

export interface FormBuilder {
  /** The index of x = product of quote ** power; the same product is kept once. No pairs at all is the constant 1. */
  factor(...powers: readonly (readonly [quote: QuoteKey, power: number])[]): number;
  /** The factor that is one quote. */
  price(quote: QuoteKey): number;
  readonly have: SumBuilder;
  readonly need: SumBuilder;
  /** Change of the surplus per day at frozen prices; part of the form once something is added. */
  readonly accrual: SumBuilder;
  /** Above `most` of a factor the form claims nothing. */
  endAt(factor: number, most: number): void;
  /** A pool whose sum goes through `bends` into have and need. */
  pool(...bends: readonly Bend[]): SumBuilder;
  build(facts: Pick<MarginForm, "line" | "unit" | "atZero" | "error" | "compiledAtMs">): MarginForm;
}

/** Collects a form: names quotes and factors once, and reads from the structure whether it is concave. */
export function formBuilder(): FormBuilder {
  const quotes: QuoteKey[] = [];
  const factors: Factor[] = [];
  const seen = new Map<string, number>();
  const [have, need, accrual] = [openSum(), openSum(), openSum()];
  const pools: { readonly sum: OpenSum; readonly bends: readonly Bend[] }[] = [];

  const quoteIndex = (key: QuoteKey) => {
    const at = quotes.indexOf(key);
    return at >= 0 ? at : quotes.push(key) - 1;
  };
  const factor: FormBuilder["factor"] = (...named) => {
    const powers = new Map<number, number>();
    for (const [key, power] of named) {
      invariant(Number.isInteger(power), `the power of ${key} is ${power}, not an integer`);
      powers.set(quoteIndex(key), (powers.get(quoteIndex(key)) ?? 0) + power);
    }
    const kept = [...powers].filter(([, power]) => power !== 0).toSorted(([a], [b]) => a - b);
    const name = kept.join(";");
    const at = seen.get(name) ?? factors.push({ powers: kept }) - 1;
    seen.set(name, at);
    return at;
  };
  return {
    factor,
    price: (quote) => factor([quote, 1]),
    have: have.builder,
    need: need.builder,
    accrual: accrual.builder,
    endAt: (at, most) => {
      const nothing = { knots: Float64Array.of(0, most), values: Float64Array.of(0, 0), error: 0 };
      need.builder.curve(at, { kind: "sampled", ...nothing });
    },
    pool: (...bends) => {
      const sum = openSum();
      pools.push({ sum, bends });
      return sum.builder;
    },
    build: (facts) => {
      const closed: Pool[] = pools.map(({ sum, bends }) => ({ sum: sum.close(), bends }));
      const parts = { factors, have: have.close(), need: need.close(), pools: closed };
      const rate = accrual.close();
      const moves = rate.constant !== 0 || rate.legs.length > 0;
      return { ...facts, quotes, ...parts, concave: isConcave(parts), ...(moves && { accrual: rate }) };
    },
  };
}

interface OpenSum {
  readonly builder: SumBuilder;
  readonly close: () => Sum;
}

function openSum(): OpenSum {
  const legs: Leg[] = [];
  let constant = 0;
  const builder: SumBuilder = {
    add: (value) => {
      invariant(Number.isFinite(value), `a form's constant is ${value}`);
      constant += value;
      return builder;
    },
    line: (factor, slope) => (slope === 0 ? builder : builder.curve(factor, { kind: "line", slope })),
    curve: (factor, curve) => {
      legs.push({ factor, curve });
      return builder;
    },
  };
  return { builder, close: () => ({ constant, legs }) };
}
