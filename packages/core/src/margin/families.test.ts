import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quoteKey } from "@plimsoll/core/units";
import { findRoot } from "@plimsoll/core/math";
import { liquidationPrices } from "./boundaries.ts";
import { evaluate } from "./evaluate.ts";
import { formBuilder } from "./form-builder.ts";
import type { MarginForm } from "./form.ts";
import { type Tier, inverseTierCurve, slopedBend, tierCurve } from "./tiers.ts";

// Random accounts of each kind: the form against the venue's words written out directly, prices against scan and bisection of the words.

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 60);
const facts = {
  line: "maintenance",
  unit: "USD",
  atZero: "safe",
  error: { absolute: 0, relative: 0 },
  compiledAtMs: 0,
} as const;
const names = ["a", "b", "c"].map((name) => quoteKey(`family:${name}:mark`));

interface Family {
  /** The form, and the same account in words: surplus at quotes in the form's order. */
  readonly form: MarginForm;
  readonly words: (quotes: ArrayLike<number>) => number;
  readonly quotes: Float64Array;
}
type Make = (draw: (low: number, high: number) => number) => Family;

const quotesOf = (form: MarginForm, today: readonly number[]) =>
  Float64Array.from(form.quotes, (key) => today[names.indexOf(key)]!);
const valueOf = (form: MarginForm, quotes: ArrayLike<number>, name: number) =>
  quotes[form.quotes.indexOf(names[name]!)]!;
const sum = (terms: readonly number[]) => terms.reduce((total, term) => total + term, 0);

const tiers: readonly Tier[] = [
  { from: 0, rate: 0.004, deduct: 0 },
  { from: 50_000, rate: 0.005, deduct: 50 },
  { from: 250_000, rate: 0.01, deduct: 1_300 },
  { from: 1_000_000, rate: 0.025, deduct: 16_300 },
];
const charge = (table: readonly Tier[], notional: number) => {
  const { rate, deduct } = table.findLast(({ from }) => notional >= from)!;
  return rate * notional - deduct;
};

/** Several symbols, both sides of each. */
const usdm: Make = (draw) => {
  const wallet = draw(1_000, 400_000);
  const today = names.map(() => draw(10, 5_000));
  const held = today
    .flatMap((price, name) =>
      ([1, -1] as const).map((side) => ({ name, side, size: draw(0, 600_000) / price, entry: price * draw(0.6, 1.6) })),
    )
    .filter(() => draw(0, 1) > 0.3);
  const build = formBuilder();
  build.have.add(wallet);
  build.price(names[0]!);
  for (const { name, side, size, entry } of held) {
    build.have.add(-side * size * entry).line(build.price(names[name]!), side * size);
    build.need.curve(build.price(names[name]!), tierCurve(tiers, size));
  }
  const form = build.build(facts);
  const words = (quotes: ArrayLike<number>) =>
    wallet +
    sum(
      held.map(({ name, side, size, entry }) => {
        const mark = valueOf(form, quotes, name);
        return side * size * (mark - entry) - charge(tiers, size * mark);
      }),
    );
  return { form, words, quotes: quotesOf(form, today) };
};

/** One coin, tiers in coins; the words are in coin, the form is in the quote currency. */
const coinm: Make = (draw) => {
  const price = draw(1_000, 90_000);
  const coins: readonly Tier[] = tiers.map(({ from, rate, deduct }) => ({
    from: from / 20_000,
    rate,
    deduct: deduct / 20_000,
  }));
  const [balance, notional, entry] = [draw(0.1, 40), draw(1_000, 2e6), price * draw(0.6, 1.6)];
  const side = draw(0, 1) > 0.5 ? 1 : -1;
  const build = formBuilder();
  build.have.add(-side * notional).line(build.price(names[0]!), balance + (side * notional) / entry);
  build.need.curve(build.price(names[0]!), inverseTierCurve(coins, notional));
  const form = build.build(facts);
  const words = ([mark]: ArrayLike<number> & Iterable<number>) =>
    mark! * (balance + side * notional * (1 / entry - 1 / mark!) - charge(coins, notional / mark!));
  return { form, words: (quotes) => words([...(quotes as Float64Array)]), quotes: Float64Array.of(price) };
};

/** Up to three assets, each on both sides. */
const lending: Make = (draw) => {
  const today = names.map(() => draw(0.5, 5_000));
  const held = today.map((price) => ({
    supplied: draw(0, 1e5) / price,
    owed: draw(0, 6e4) / price,
    threshold: draw(0.6, 0.9),
  }));
  const build = formBuilder();
  for (const [name, { supplied, owed, threshold }] of held.entries()) {
    build.have.line(build.price(names[name]!), supplied * threshold);
    build.need.line(build.price(names[name]!), owed);
  }
  const form = build.build(facts);
  const words = (quotes: ArrayLike<number>) =>
    sum(held.map(({ supplied, owed, threshold }, name) => (supplied * threshold - owed) * valueOf(form, quotes, name)));
  return { form, words, quotes: quotesOf(form, today) };
};

/** A pool per coin with haircut tiers counted in coins, a liability margin, inverse and linear contracts, mark beside index. */
const multiCurrency: Make = (draw) => {
  const [indexPrice, basis] = [draw(100, 60_000), draw(0.98, 1.02)];
  const today = [indexPrice, indexPrice * basis];
  const [usd, coins] = [draw(-2e5, 4e5), draw(-3, 8)];
  const [size, linearEntry] = [draw(-9e5, 9e5) / indexPrice, indexPrice * draw(0.7, 1.4)];
  const [notional, entry] = [draw(-4e5, 4e5), indexPrice * draw(0.7, 1.4)];
  const haircut = { from: [-Infinity, 0, 1, 4], slopes: [1, 0.98, 0.9, 0.7] };
  const build = formBuilder();
  const [index, mark] = [build.price(names[0]!), build.price(names[1]!)];
  const ratio = build.factor([names[0]!, 1], [names[1]!, -1]);
  build
    .pool(
      slopedBend({ into: "have", ...haircut, by: index }),
      slopedBend({ into: "need", from: [-Infinity, 0], slopes: [-0.04, 0] }),
    )
    .line(index, coins + notional / entry)
    .line(ratio, -notional);
  build
    .pool(
      slopedBend({ into: "have", from: [-Infinity], slopes: [1] }),
      slopedBend({ into: "need", from: [-Infinity, 0], slopes: [-0.03, 0] }),
    )
    .add(usd - size * linearEntry)
    .line(mark, size);
  build.need.line(mark, Math.abs(size) * 0.005).line(ratio, Math.abs(notional) * 0.005);
  const form = build.build(facts);
  const words = (quotes: ArrayLike<number>) => {
    const [p, m] = [valueOf(form, quotes, 0), valueOf(form, quotes, 1)];
    const held = coins + notional / entry - notional / m;
    const parts = [
      Math.min(held, 0),
      Math.min(Math.max(held, 0), 1) * 0.98,
      Math.min(Math.max(held - 1, 0), 3) * 0.9,
      Math.max(held - 4, 0) * 0.7,
    ];
    const cash = usd + size * (m - linearEntry);
    const need =
      Math.abs(size) * m * 0.005 +
      (Math.abs(notional) / m) * p * 0.005 +
      0.04 * Math.max(0, -held * p) +
      0.03 * Math.max(0, -cash);
    return p * sum(parts) + cash - need;
  };
  return { form, words, quotes: quotesOf(form, today) };
};

/** A requirement that grows with the square of the coins. */
const sizeSlope: Make = (draw) => {
  const price = draw(1_000, 90_000);
  const [balance, notional, entry, k] = [draw(0.5, 60), draw(1e4, 2e7), price * draw(0.7, 1.4), 0.00005];
  const side = draw(0, 1) > 0.5 ? 1 : -1;
  const build = formBuilder();
  build.have.add(-side * notional).line(build.price(names[0]!), balance + (side * notional) / entry);
  build.need.curve(build.price(names[0]!), {
    kind: "pieces",
    knots: Float64Array.of(0),
    a: Float64Array.of(0.01 * notional),
    b: Float64Array.of(0),
    r: Float64Array.of(k * notional * notional),
  });
  const form = build.build(facts);
  const words = (quotes: ArrayLike<number>) => {
    const held = notional / quotes[0]!;
    return quotes[0]! * (balance + side * (notional / entry - held) - (0.01 + k * held) * held);
  };
  return { form, words, quotes: Float64Array.of(price) };
};

/** The form's scale of rounding, and what the words themselves round. */
const allowed = (form: MarginForm, quotes: ArrayLike<number>) => 8e-15 * evaluate(form, quotes).gross;
const moved = (quotes: Float64Array, quote: number, t: number) =>
  quotes.map((value, k) => (k === quote ? value * t : value));

/** Nearest change of sign on one side, by 600 steps and a root search; none within a factor of fifty. */
function scanned({ form, words, quotes }: Family, quote: number, side: 1 | -1): number | undefined {
  const at = (t: number) => words(moved(quotes, quote, t));
  const sure = (t: number) => Math.abs(at(t)) > 1e3 * allowed(form, moved(quotes, quote, t));
  if (!sure(1)) return Number.NaN;
  for (let i = 1, before = 1; i <= 600; i++) {
    const t = 50 ** ((side * i) / 600);
    if (at(t) > 0 !== at(1) > 0 && sure(t)) return findRoot(at, before, t);
    if (at(t) > 0 === at(1) > 0) before = t;
  }
  return undefined;
}

describe.each<readonly [string, Make]>([
  ["USD-M, several symbols, hedge mode", usdm],
  ["COIN-M, form times price", coinm],
  ["lending, both sides", lending],
  ["multi-currency pools", multiCurrency],
  ["size slope", sizeSlope],
])("%s", (_name, make) => {
  const families = fc
    .gen()
    .map((g) => make((low, high) => low + (high - low) * (g(fc.integer, { min: 1, max: 1_000_000 }) / 1_000_000)));
  test("form and words agree from a fifth to five times today", () => {
    fc.assert(
      fc.property(
        families,
        fc.array(fc.integer({ min: -1_600, max: 1_600 }), { minLength: 3, maxLength: 3 }),
        ({ form, words, quotes }, shifts) => {
          const there = quotes.map((value, k) => value * Math.exp(shifts[k]! / 1_000));
          expect(Math.abs(evaluate(form, there).surplus() - words(there))).toBeLessThanOrEqual(allowed(form, there));
        },
      ),
      { numRuns },
    );
  });
  test("liquidation prices are where the words change sign", () => {
    fc.assert(
      fc.property(families, (family) => {
        const { form, quotes } = family;
        for (const quote of form.quotes.keys()) {
          const { down, up } = liquidationPrices(form, quotes, quote);
          for (const [found, side] of [
            [down, -1],
            [up, 1],
          ] as const) {
            const sought = scanned(family, quote, side);
            const ratio = found === undefined ? undefined : found / quotes[quote]!;
            if (Number.isNaN(sought)) continue;
            if (sought === undefined) expect(ratio === undefined || ratio < 1 / 49 || ratio > 49).toBe(true);
            else expect(Math.abs(ratio! / sought - 1)).toBeLessThan(1e-9);
          }
        }
      }),
      { numRuns },
    );
  });
});
