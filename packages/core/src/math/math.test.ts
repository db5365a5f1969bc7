import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OptionType, blackDelta, blackPrice } from "./black.ts";
import { cholesky, covariance, dot, transpose } from "./matrix.ts";
import { normalCdf, normalDensity } from "./normal.ts";
import { findRoot } from "./root.ts";

const runs = { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 100) };
const relative = (actual: number, figure: number) => Math.abs(actual / figure - 1);

describe("normal distribution", () => {
  // source: erfc(-x / sqrt 2) / 2 with 40 digits, mpmath
  // oxfmt-ignore
  test.each([
    [-30, 4.906713927148187e-198], [-12.5, 3.732564298877713e-36], [-8, 6.220960574271784e-16],
    [-5, 2.866515718791939e-7], [-3, 0.0013498980316300946], [-2, 0.02275013194817921], [-1.9999, 0.022755531584767185],
    [-1.5, 0.06680720126885807], [-0.5, 0.3085375387259869], [0, 0.5], [0.25, 0.5987063256829237],
    [1, 0.8413447460685429], [2.5, 0.9937903346742238], [6, 0.9999999990134123],
  ])("cdf(%d) = %d", (x, figure) => {
    expect(relative(normalCdf(x), figure)).toBeLessThan(Math.max(1e-14, 2e-16 * x * x));
  });
  test("far tails end at 0 and 1, and nothing comes of nothing", () => {
    expect(relative(normalCdf(-38), 2.88542835e-316)).toBeLessThan(1e-6); // a subnormal number has few digits
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(Number.NaN)]).toEqual([0, 1, Number.NaN]);
  });
  test("it rises, is symmetric, and its slope is the density", () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (x) => {
        expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 14);
        const slope = (normalCdf(x + 1e-5) - normalCdf(x - 1e-5)) / 2e-5;
        expect(Math.abs(slope - normalDensity(x))).toBeLessThan(1e-9);
      }),
      runs,
    );
  });
});

describe("Black", () => {
  // source: Black 1976 without discounting, 40 digits, mpmath
  // oxfmt-ignore
  test.each<[OptionType, forward: number, strike: number, vol: number, years: number, price: number, delta: number]>([
    ["call", 100, 100, 0.2, 1, 7.965567455405797, 0.539827837277029],
    ["put", 100, 100, 0.2, 1, 7.965567455405797, -0.460172162722971],
    ["call", 60_000, 120_000, 0.6, 0.1, 0.5044328882895247, 0.00018660437609111115],
    ["put", 100_000, 80_000, 0.6, 0.1, 996.7671601978218, -0.10187533383030097],
    ["put", 100_000, 20_000, 0.5, 0.02, 7.742488945312032e-113, -2.497906207829759e-115],
  ])("%s on %d, strike %d, vol %d, %d years", (type, forward, strike, vol, years, price, delta) => {
    const option = { type, forward, strike, vol, years };
    expect(relative(blackPrice(option), price)).toBeLessThan(1e-11);
    expect(relative(blackDelta(option), delta)).toBeLessThan(1e-11);
  });
  test("with no time left it is the payoff", () => {
    const expired = { forward: 90, strike: 100, vol: 0.5, years: 0 };
    expect(blackPrice({ type: "put", ...expired })).toBe(10);
    expect(blackPrice({ type: "call", ...expired })).toBe(0);
    expect([blackDelta({ type: "put", ...expired }), blackDelta({ type: "call", ...expired })]).toEqual([-1, 0]);
  });
  test("a call less a put is the forward less the strike", () => {
    const positive = (max: number) => fc.double({ min: 0.01, max, noNaN: true });
    fc.assert(
      fc.property(positive(1e5), positive(1e5), positive(2), positive(2), (forward, strike, vol, years) => {
        const [call, put] = (["call", "put"] as const).map((type) => blackPrice({ type, forward, strike, vol, years }));
        expect(Math.abs(call! - put! - (forward - strike))).toBeLessThan(1e-13 * (forward + strike));
      }),
      runs,
    );
  });
});

describe("root search", () => {
  test("it finds where a function crosses, to the last bits", () => {
    expect(findRoot((x) => x * x - 2, 0, 2)).toBeCloseTo(Math.SQRT2, 15);
    expect(findRoot((x) => Math.exp(x) - 1e-5, -100, 5)).toBeCloseTo(Math.log(1e-5), 13);
    expect(findRoot((x) => (x - 3) ** 9, 1, 7)).toBeCloseTo(3, 10);
    expect(findRoot((x) => 1 / x - 1e-9, 1, 1e12)).toBeCloseTo(1e9, 4);
  });
  test("a jump through 0 is found, the order of the ends does not matter, equal signs are a bug", () => {
    expect(findRoot((x) => (x < 0.7 ? -1 : 5), 1, 0)).toBeCloseTo(0.7, 15);
    expect(() => findRoot((x) => x * x + 1, -1, 1)).toThrow("no sign change");
  });
  test("any cubic with one root between the ends", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.99, max: 0.99, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (root, k) => {
          const found = findRoot((x) => (x - root) * (1 + k * x * x), -1, 1);
          expect(Math.abs(found - root)).toBeLessThan(4e-16);
        },
      ),
      runs,
    );
  });
});

describe("small matrices", () => {
  const entries = fc.array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 }), {
    minLength: 4,
    maxLength: 4,
  });
  test("Cholesky of B * B' multiplies back", () => {
    fc.assert(
      fc.property(entries, (b) => {
        const matrix = b.map((row, i) => b.map((other, j) => dot(row, other) + (i === j ? 1 : 0)));
        const lower = cholesky(matrix)!;
        const back = lower.map((row) => lower.map((other) => dot(row, other)));
        for (const [i, row] of back.entries()) {
          for (const [j, value] of row.entries()) expect(value).toBeCloseTo(matrix[i]![j]!, 10);
        }
      }),
      runs,
    );
  });
  test("dependent rows are allowed, negative eigenvalues are not", () => {
    expect(
      cholesky([
        [4, 2],
        [2, 1],
      ]),
    ).toEqual([
      [2, 0],
      [1, 0],
    ]);
    expect(
      cholesky([
        [0, 0],
        [0, 9],
      ]),
    ).toEqual([
      [0, 0],
      [0, 3],
    ]);
    expect(
      cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toBeUndefined();
    expect(
      cholesky([
        [0, 1],
        [1, 0],
      ]),
    ).toBeUndefined();
    expect(cholesky([[Number.NaN]])).toBeUndefined();
  });
  test("covariances from volatilities and correlations", () => {
    expect(
      covariance(
        [0.03, 0.04],
        [
          [1, 0.5],
          [0.5, 1],
        ],
      ),
    ).toEqual([
      [0.03 * 0.03, 0.5 * 0.03 * 0.04],
      [0.5 * 0.04 * 0.03, 0.04 * 0.04],
    ]);
    expect(
      transpose([
        [1, 2],
        [3, 4],
      ]),
    ).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});
